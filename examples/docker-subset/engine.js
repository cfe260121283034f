'use strict';
const http = require('node:http');
const { addAbortSignal } = require('node:stream');
const { buffer, text } = require('node:stream/consumers');
const { SindriError } = require('@sindri/core');

const failed = (kind, message) => new SindriError({ code: 'DOCKER_SUBSET_ENGINE', kind, message });

/** One request to the engine. Resolves with its answer, and with the stream that an upgrade makes of it. */
function send({ env, signal }, method, path, json, headers = {}) {
  const socketPath = (env.DOCKER_HOST ?? 'unix:///var/run/docker.sock').replace('unix://', '');
  const body = json === undefined ? '' : JSON.stringify(json);
  const all = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body), ...headers };
  return new Promise((resolve, reject) => {
    const request = http.request({ socketPath, method, path, signal, headers: all }, (answer) => resolve({ answer }));
    request.on('error', (error) => reject(signal.aborted ? signal.reason : failed('incomplete', error.message)));
    request.on('upgrade', (answer, socket, first) => resolve({ answer, socket, first })).end(body);
  });
}

/** The JSON of an answer, `null` when there is no such thing. */
exports.call = async (context, method, path, json) => {
  const { answer } = await send(context, method, path, json);
  const said = await text(answer);
  if (answer.statusCode === 404) return null;
  if (answer.statusCode >= 400) throw failed(answer.statusCode < 500 ? 'refused' : 'incomplete', said);
  return said === '' ? {} : JSON.parse(said);
};

/** Runs a command to its end. */
exports.run = async (context, container, { command, stdin = '', timeoutMs = 600_000 }) => {
  const options = { AttachStdin: true, AttachStdout: true, AttachStderr: true, Cmd: command };
  const { Id } = await exports.call(context, 'POST', `/containers/${container}/exec`, options);
  const upgrade = { connection: 'Upgrade', upgrade: 'tcp' };
  const { socket, first } = await send(context, 'POST', `/exec/${Id}/start`, { Detach: false }, upgrade);
  addAbortSignal(AbortSignal.any([context.signal, AbortSignal.timeout(timeoutMs)]), socket);
  socket.unshift(first);
  socket.end(stdin);
  const written = await buffer(socket).catch(({ message }) => Promise.reject(failed('incomplete', message)));
  const { ExitCode } = await exports.call(context, 'GET', `/exec/${Id}/json`);
  return { exitCode: ExitCode ?? 0, ...outputsIn(written) };
};

/** Each piece of output has a head of eight bytes: one says which stream, the last four how long it is. */
function outputsIn(bytes) {
  const outputs = [[], [], []];
  for (let at = 0; at + 8 <= bytes.length; at += 8 + bytes.readUInt32BE(at + 4))
    outputs[bytes[at]].push(bytes.subarray(at + 8, at + 8 + bytes.readUInt32BE(at + 4)));
  const [, stdout, stderr] = outputs.map((pieces) => Buffer.concat(pieces).toString());
  return { stdout, stderr };
}
