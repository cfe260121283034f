'use strict';
// What undici's client parses answers with, under the names of the WebAssembly that it brings: compiling that takes longer than all
// requests of a command. It knows answers of HTTP/1.1 and 1.0 as RFC 9112 has them and forgives nothing; held against undici's own, byte by
// byte and in any pieces, in test/repo/answer-parser.test.ts.

/** Of undici's codes those that mean something to it: that it has asked for a pause. */
const PAUSED = 21;
const PAUSED_UPGRADE = 22;
const WRONG = 10;

const LONGEST_REASON = 64;
const MOST_DIGITS = 15;

const CR = 13;
const LF = 10;
const SPACE = 32;
const COLON = 58;

const isBlank = (byte) => byte === SPACE || byte === 9;
/** Of a text that somebody else writes: no control characters. */
const isText = (byte) => byte === 9 || (byte >= SPACE && byte !== 127);
const isInLine = (byte) => byte !== CR && byte !== LF;
const TOKEN = new Set(Buffer.from("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"));

/** Why an answer is none. */
class Wrong extends Error {}
const wrong = (reason) => {
  throw new Wrong(reason);
};

/** `on`: undici's callbacks, as it hands them to WebAssembly. */
function createAnswerParser(on) {
  const parsers = new Map();
  let last = 0;
  const memory = { buffer: new ArrayBuffer(LONGEST_REASON) };

  return {
    memory,
    /** There is one piece of memory, for the bytes to parse, which begins at 0; behind them is the reason of an error. */
    malloc(size) {
      memory.buffer = new ArrayBuffer(size + LONGEST_REASON);
      return 0;
    },
    free() {},
    llhttp_alloc() {
      last += 1;
      parsers.set(last, new Answers(last, on));
      return last;
    },
    llhttp_free: (id) => void parsers.delete(id),
    llhttp_resume() {},
    llhttp_execute: (id, at, length) => parsers.get(id).execute(new Uint8Array(memory.buffer, at, length)),
    llhttp_finish: (id) => parsers.get(id).finish(),
    llhttp_get_error_pos: (id) => parsers.get(id).stoppedAt,
    llhttp_get_error_reason(id) {
      const reason = Buffer.from(`${parsers.get(id).reason.slice(0, LONGEST_REASON - 1)}\0`, 'latin1');
      const at = memory.buffer.byteLength - LONGEST_REASON;
      new Uint8Array(memory.buffer, at).set(reason);
      return at;
    },
  };
}

/** The answers on one connection, one after another. */
class Answers {
  constructor(id, on) {
    this.id = id;
    this.on = on;
    this.step = this.betweenAnswers;
    this.reason = '';
    /** Where the bytes end that have been understood, when {@link execute} has not taken all. */
    this.stoppedAt = 0;
  }

  /** 0, or why it has stopped before the end. A step takes bytes from `at` and tells where it has come to. */
  execute(bytes) {
    this.code = 0;
    let at = 0;
    try {
      while (this.code === 0 && (at < bytes.length || this.step === this.answerEnd)) at = this.step(bytes, at);
    } catch (error) {
      if (!(error instanceof Wrong)) throw error;
      this.reason = error.message;
      this.code = WRONG;
    }
    this.stoppedAt = at;
    return this.code;
  }

  /** The connection has ended. */
  finish() {
    this.code = 0;
    if (this.step === this.bodyToTheEnd) this.complete();
    else if (this.step !== this.betweenAnswers && this.step !== this.afterTheLast) {
      this.reason = 'the connection ended in the middle of an answer';
      return WRONG;
    }
    return this.code;
  }

  /** What undici says to an event: to go on (0), to pause, or that it wants no more. */
  obey(said) {
    if (said === PAUSED) this.code = PAUSED;
    else if (said !== 0) wrong('the answer was not wanted');
  }

  betweenAnswers(bytes, at) {
    if (bytes[at] === CR || bytes[at] === LF) return at + 1;
    Object.assign(this, {
      line: '',
      given: false,
      status: 0,
      keepAlive: false,
      length: null,
      coded: false,
      chunked: false,
      closes: false,
      keeps: false,
      upgrades: false,
      connectionUpgrades: false,
      trailing: false,
      left: 0,
      size: '',
    });
    this.step = this.startLine;
    this.obey(this.on.wasm_on_message_begin(this.id));
    return at;
  }

  /** `HTTP/1.1 200 `, collected until the text behind it begins. */
  startLine(bytes, at) {
    const byte = bytes[at];
    const { length } = this.line;
    if (length === 12 && byte === CR) this.step = this.statusLineEnd;
    else if (length === 12 && byte === SPACE) this.step = this.statusText;
    else if (length === 12) wrong('Invalid response status');
    else this.line += String.fromCharCode(byte);
    if (this.line.length < 12) {
      if (!'HTTP/'.startsWith(this.line.slice(0, 5))) wrong('Expected HTTP/');
    } else if (length === 11) {
      const [, minor, status] = /^HTTP\/1\.([01]) (\d{3})$/.exec(this.line) ?? wrong('Invalid HTTP version or status');
      this.keepAlive = minor === '1';
      this.status = Number(status);
    }
    return at + 1;
  }

  statusText(bytes, at) {
    const end = this.endOfText(bytes, at, isInLine);
    if (end > at || !this.given) this.obey(this.on.wasm_on_status(this.id, at, end - at));
    this.given = true;
    if (end === bytes.length) return end;
    this.step = this.statusLineEnd;
    return end + 1;
  }

  statusLineEnd(bytes, at) {
    return this.lineFeed(bytes, at, this.headerStart);
  }

  headerStart(bytes, at) {
    if (bytes[at] === CR) this.step = this.headersEnd;
    else {
      this.name = '';
      this.step = this.headerName;
      return at;
    }
    return at + 1;
  }

  headerName(bytes, at) {
    let end = at;
    while (end < bytes.length && TOKEN.has(bytes[end])) end += 1;
    if (end > at) {
      this.obey(this.on.wasm_on_header_field(this.id, at, end - at));
      // Of those that decide how the answer goes on none is longer.
      if (this.name.length <= 20) this.name += Buffer.from(bytes.subarray(at, end)).toString('latin1').toLowerCase();
    }
    if (end === bytes.length) return end;
    if (bytes[end] !== COLON || this.name === '') wrong('Invalid header token');
    this.value = '';
    this.step = this.blanksBeforeValue;
    return end + 1;
  }

  blanksBeforeValue(bytes, at) {
    if (isBlank(bytes[at])) return at + 1;
    this.given = false;
    this.step = this.headerValue;
    return at;
  }

  headerValue(bytes, at) {
    const end = this.endOfText(bytes, at);
    if (end > at || !this.given) this.obey(this.on.wasm_on_header_value(this.id, at, end - at));
    this.given = true;
    if (decides(this.name)) this.value += Buffer.from(bytes.subarray(at, end)).toString('latin1');
    if (end === bytes.length) return end;
    this.step = this.headerLineEnd;
    return end + 1;
  }

  headerLineEnd(bytes, at) {
    const next = this.lineFeed(bytes, at, this.headerStart);
    if (decides(this.name)) this.note(this.name, this.value.trim().toLowerCase());
    return next;
  }

  note(name, value) {
    if (this.trailing && name === 'content-length') wrong('Unexpected Content-Length');
    if (this.trailing) return;
    if (name === 'content-length') {
      if (this.length !== null || this.coded) wrong('Unexpected Content-Length');
      if (!/^\d+$/.test(value) || value.length > MOST_DIGITS) wrong('Invalid Content-Length');
      this.length = Number(value);
    } else if (name === 'transfer-encoding') {
      if (this.length !== null) wrong('Unexpected Transfer-Encoding');
      this.coded = true;
      this.chunked = value.split(',').at(-1).trim() === 'chunked';
    } else if (name === 'upgrade') this.upgrades = true;
    else {
      const words = value.split(',').map((word) => word.trim());
      this.closes ||= words.includes('close');
      this.keeps ||= words.includes('keep-alive');
      this.connectionUpgrades ||= words.includes('upgrade');
    }
  }

  /** After the empty line. */
  headersEnd(bytes, at) {
    if (bytes[at] !== LF) wrong('Missing expected LF after headers');
    if (this.trailing) {
      this.step = this.answerEnd;
      return at + 1;
    }
    const upgrade = this.upgrades && this.connectionUpgrades && this.status === 101;
    const bare = this.status < 200 || this.status === 204 || this.status === 304;
    const toTheEnd = this.coded ? !this.chunked : this.length === null && !bare;
    const lasts = this.keepAlive ? !this.closes : this.keeps;
    const said = this.on.wasm_on_headers_complete(this.id, this.status, Number(upgrade), Number(lasts && !toTheEnd));
    // 1: there is no body, whatever the head says.
    this.keepAlive = lasts && (said === 1 || !toTheEnd);
    this.upgraded = said === 2 || (this.status === 101 && !this.chunked && !this.length);
    if (this.upgraded || said === 1) this.step = this.answerEnd;
    else if (this.chunked) this.step = this.chunkSize;
    else if (toTheEnd) this.step = this.bodyToTheEnd;
    else {
      this.left = this.length ?? 0;
      this.step = this.left === 0 ? this.answerEnd : this.bodyOfLength;
    }
    if (said !== 1 && said !== 2) this.obey(said);
    return at + 1;
  }

  bodyOfLength(bytes, at) {
    const end = this.body(bytes, at);
    if (this.left === 0) this.step = this.answerEnd;
    return end;
  }

  bodyToTheEnd(bytes, at) {
    this.left = bytes.length - at;
    return this.body(bytes, at);
  }

  /** Of the {@link left} bytes what is there. */
  body(bytes, at) {
    const end = Math.min(bytes.length, at + this.left);
    this.left -= end - at;
    this.obey(this.on.wasm_on_body(this.id, at, end - at));
    return end;
  }

  chunkSize(bytes, at) {
    const byte = bytes[at];
    if (byte === CR || byte === 59) {
      if (this.size === '') wrong('Invalid chunk size');
      this.left = parseInt(this.size, 16);
      this.size = '';
      this.step = byte === CR ? this.chunkLineEnd : this.chunkExtension;
    } else {
      this.size += String.fromCharCode(byte);
      if (!/^[\da-f]{1,12}$/i.test(this.size)) wrong('Invalid chunk size');
    }
    return at + 1;
  }

  /** Whoever sends one means somebody else. */
  chunkExtension(bytes, at) {
    const end = this.endOfText(bytes, at);
    if (end === bytes.length) return end;
    this.step = this.chunkLineEnd;
    return end + 1;
  }

  chunkLineEnd(bytes, at) {
    this.trailing = this.left === 0;
    return this.lineFeed(bytes, at, this.trailing ? this.headerStart : this.chunkData);
  }

  chunkData(bytes, at) {
    const end = this.body(bytes, at);
    if (this.left === 0) this.step = this.chunkEnd;
    return end;
  }

  chunkEnd(bytes, at) {
    if (bytes[at] !== CR) wrong('Missing expected CR after chunk data');
    this.step = this.chunkDataEnd;
    return at + 1;
  }

  chunkDataEnd(bytes, at) {
    return this.lineFeed(bytes, at, this.chunkSize);
  }

  /** The only step that takes nothing. */
  answerEnd(_bytes, at) {
    this.complete();
    if (this.upgraded && this.code === 0) this.code = PAUSED_UPGRADE;
    return at;
  }

  complete() {
    this.step = this.keepAlive ? this.betweenAnswers : this.afterTheLast;
    this.obey(this.on.wasm_on_message_complete(this.id));
  }

  afterTheLast(bytes, at) {
    if (bytes[at] !== CR && bytes[at] !== LF) wrong('Data after `Connection: close`');
    return at + 1;
  }

  lineFeed(bytes, at, next) {
    if (bytes[at] !== LF) wrong('Missing expected LF after CR');
    this.step = next;
    return at + 1;
  }

  /** Where the text ends that begins at `at`: at the CR, or with the bytes. */
  endOfText(bytes, at, belongs = isText) {
    let end = at;
    while (end < bytes.length && belongs(bytes[end])) end += 1;
    if (end < bytes.length && bytes[end] !== CR) wrong('Invalid character in the head of the answer');
    return end;
  }
}

/** Whether a header decides how the answer goes on. */
function decides(name) {
  return name === 'content-length' || name === 'transfer-encoding' || name === 'connection' || name === 'upgrade';
}

module.exports = { createAnswerParser };
