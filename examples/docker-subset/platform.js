'use strict';
// The Engine API over its socket: https://docs.docker.com/reference/api/engine/
const http = require('node:http');
const { text } = require('node:stream/consumers');

/** Errors are recognised by this mark: a provider needs no copy of @sindri/core to make one. */
exports.failure = (code, kind, message, hint) => {
  const error = Object.assign(new Error(message), { code, kind, hint, retryable: false, details: {} });
  return Object.defineProperty(error, Symbol.for('sindri.error/1'), { value: true });
};

function send({ env, signal }, method, path, json, headers = {}) {
  signal.throwIfAborted();
  const socketPath = (env.DOCKER_HOST ?? 'unix:///var/run/docker.sock').replace('unix://', '');
  const body = json === undefined ? '' : JSON.stringify(json);
  const all = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body), ...headers };
  return new Promise((resolve, reject) => {
    const request = http.request({ socketPath, method, path, signal, headers: all }, (answer) => resolve({ answer }));
    request.on('upgrade', (answer, socket, head) => resolve({ answer, socket: (socket.unshift(head), socket) }));
    const refuse = (error) =>
      exports.failure('DOCKER_SUBSET_UNREACHABLE', 'incomplete', error.message, 'Start Docker.');
    request.on('error', (error) => reject(signal.aborted ? signal.reason : refuse(error))).end(body);
  });
}

/** The JSON of an answer, `null` when there is no such thing. */
exports.call = async (context, method, path, json) => {
  const { answer } = await send(context, method, path, json);
  const said = await text(answer);
  if (answer.statusCode === 404) return null;
  if (answer.statusCode < 400) return said === '' || path.startsWith('/images/create') ? said : JSON.parse(said);
  throw exports.failure('DOCKER_SUBSET_REFUSED', answer.statusCode < 500 ? 'refused' : 'incomplete', said);
};

/** What goes wrong during a pull stands in the answer. */
exports.pull = async (context, image) => {
  const said = await exports.call(context, 'POST', `/images/create?fromImage=${encodeURIComponent(image)}`);
  if (said !== null && !said.includes('"error"')) return;
  throw exports.failure('DOCKER_SUBSET_IMAGE', 'refused', `There is no image ${image}.`, 'Check its name.');
};

/** Runs a command to its end. Each piece of its output has a head of eight bytes: which stream, and how long. */
exports.run = async (context, container, { command, stdin = '', timeoutMs = 600_000 }) => {
  const options = { AttachStdin: true, AttachStdout: true, AttachStderr: true, Cmd: command };
  const { Id } = await exports.call(context, 'POST', `/containers/${container}/exec`, options);
  const upgrade = { connection: 'Upgrade', upgrade: 'tcp' };
  const { socket } = await send(context, 'POST', `/exec/${Id}/start`, { Detach: false }, upgrade);
  const late = setTimeout(() => socket.destroy(new Error('late')), timeoutMs);
  const written = ['', '', ''];
  try {
    socket.end(stdin);
    let rest = Buffer.alloc(0);
    for await (const chunk of socket) {
      rest = Buffer.concat([rest, chunk]);
      while (rest.length >= 8 && rest.length >= 8 + rest.readUInt32BE(4)) {
        written[rest[0]] += rest.subarray(8, 8 + rest.readUInt32BE(4));
        rest = rest.subarray(8 + rest.readUInt32BE(4));
      }
    }
  } catch (error) {
    throw exports.failure('DOCKER_SUBSET_LATE', 'incomplete', `The command did not end: ${error.message}`);
  } finally {
    clearTimeout(late);
  }
  const { ExitCode } = await exports.call(context, 'GET', `/exec/${Id}/json`);
  return { exitCode: ExitCode ?? 0, stdout: written[1], stderr: written[2] };
};
