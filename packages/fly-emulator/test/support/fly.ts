import { startFlyEmulator, type EmulatorOptions, type FlyEmulator } from '../../src/index.js';

/** An answer of the emulated API. `body` is whatever JSON came, or the text when it was none. */
export interface Answer {
  status: number;
  // Tests look into answers of every shape.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  body: any;
  headers: Headers;
}

/** A running emulator and a plain client for it. */
export interface Subject extends FlyEmulator {
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  get(path: string): Promise<Answer>;
  post(path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  put(path: string, body?: unknown): Promise<Answer>;
  patch(path: string, body?: unknown): Promise<Answer>;
  delete(path: string, headers?: Record<string, string>): Promise<Answer>;
  /** The same client with another token; `null` = none. */
  as(token: string | null): Pick<Subject, 'get' | 'post' | 'delete' | 'put'>;
}

export async function startSubject(options: EmulatorOptions = {}): Promise<Subject> {
  const fly = await startFlyEmulator(options);
  const client = (token: string | null) => {
    const call = async (
      method: string,
      path: string,
      body?: unknown,
      headers: Record<string, string> = {},
    ): Promise<Answer> => {
      const authorization: Record<string, string> = token === null ? {} : { authorization: `Bearer ${token}` };
      // Only the emulator's own endpoints need its secret; a client of Fly's never has it.
      const own = token !== null && path.startsWith('/_emulator/');
      const admin: Record<string, string> = own ? { 'emulator-secret': fly.adminSecret } : {};
      const response = await fetch(fly.url + path, {
        method,
        headers: { ...authorization, ...admin, ...headers },
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      });
      const text = await response.text();
      return { status: response.status, body: parse(text), headers: response.headers };
    };
    return {
      call,
      get: (path: string) => call('GET', path),
      post: (path: string, body?: unknown, headers?: Record<string, string>) => call('POST', path, body, headers),
      put: (path: string, body?: unknown) => call('PUT', path, body),
      patch: (path: string, body?: unknown) => call('PATCH', path, body),
      delete: (path: string, headers?: Record<string, string>) => call('DELETE', path, undefined, headers),
    };
  };
  return Object.assign(fly, client(fly.token), { as: client });
}

/** Starts a fresh emulator before each test of the surrounding `describe` and stops it afterwards. */
export function useFly(options: () => EmulatorOptions = () => ({})): Subject {
  let current: Subject | undefined;
  beforeEach(async () => {
    current = await startSubject(options());
  });
  afterEach(async () => {
    await current?.stop();
    current = undefined;
  });
  return new Proxy({} as Subject, {
    get(_target, name) {
      if (!current) throw new Error('the emulator is not running');
      return Reflect.get(current, name);
    },
  });
}

/** A machine config that every guest limit accepts. */
export const CONFIG = { image: 'nginx:1.27', guest: { cpu_kind: 'shared', cpus: 1, memory_mb: 256 } };

/** Makes an app and one machine in it; returns the machine's path. */
export async function newMachine(fly: Subject, config: object = {}, extra: object = {}): Promise<string> {
  await fly.post('/v1/apps', { name: 'demo', org_slug: 'personal' });
  const { status, body } = await fly.post('/v1/apps/demo/machines', { config: { ...CONFIG, ...config }, ...extra });
  if (status !== 200) throw new Error(`create answered ${status}: ${JSON.stringify(body)}`);
  return `/v1/apps/demo/machines/${body.id}`;
}

/** The same, up and running. */
export async function startedMachine(fly: Subject, config: object = {}, extra: object = {}): Promise<string> {
  const path = await newMachine(fly, config, extra);
  await fly.get(`${path}/wait?state=started&timeout=60`);
  return path;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
