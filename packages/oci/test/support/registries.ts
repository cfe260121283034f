import { Agent } from 'undici';
import type { Clock } from '@sindri/core';
import {
  createRegistryClient,
  readReference,
  type RegistryClient,
  type RegistryClientOptions,
} from '../../src/index.js';
import { startRegistry, type TestRegistry, type TestRegistryOptions } from './registry.js';

/** Registries of a test file, and clients that ask them. */
export interface Registries {
  /** A registry of its own, and a client with `more`. */
  given(
    options?: TestRegistryOptions,
    more?: Partial<RegistryClientOptions>,
  ): Promise<{ registry: TestRegistry; client: RegistryClient }>;
  /** Ends one before the others. */
  stop(registry: TestRegistry): Promise<void>;
  end(): Promise<void>;
}

export function openRegistries(): Registries {
  const dispatcher = new Agent();
  const open = new Set<TestRegistry>();
  return {
    async given(options = {}, more = {}) {
      const registry = await startRegistry(options);
      open.add(registry);
      return { registry, client: createRegistryClient({ dispatcher, ...more }) };
    },
    async stop(registry) {
      open.delete(registry);
      await registry.stop();
    },
    async end() {
      await Promise.all([...[...open].map((registry) => registry.stop()), dispatcher.close()]);
    },
  };
}

/** A clock whose time passes only while somebody sleeps. */
export function virtualClock(): Clock & { slept: number[] } {
  const slept: number[] = [];
  let now = Date.parse('2026-01-01T00:00:00Z');
  return {
    slept,
    now: () => now,
    async sleep(ms) {
      slept.push(ms);
      now += ms;
    },
  };
}

export const image = (registry: TestRegistry, name: string) => readReference(`${registry.host}/${name}`);
export const repository = (registry: TestRegistry, path: string) => ({ host: registry.host, path });
