import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Rig, Subject } from '@sindri/testkit';
import { createProvider } from './index.js';

const config = `version: "3.0"
name: conformance
deployment:
  provider: my-platform
providers:
  my-platform:
    note: hello
`;

/** For the conformance kit: how to try this provider where nothing can be broken. `setup` makes an empty place for one case. */
export const createSubject = (): Subject => ({
  create: createProvider,
  config,
  changedConfig: config.replace('hello', 'good morning'),
  async setup(): Promise<Rig> {
    const home = fs.mkdtempSync(path.join(os.tmpdir(), 'my-platform-'));
    const place = path.join(home, 'my-platform');
    fs.mkdirSync(place);
    return {
      env: { HOME: home },
      inventory: () => fs.readdirSync(place),
      addStranger: () => fs.writeFileSync(path.join(place, 'conformance.json'), '{"note":"Dear John"}'),
      failReads() {
        // Where a directory was, a file is in the way.
        fs.renameSync(place, `${place}.away`);
        fs.writeFileSync(place, '');
        return () => {
          fs.rmSync(place);
          fs.renameSync(`${place}.away`, place);
        };
      },
      teardown: () => fs.rmSync(home, { recursive: true, force: true }),
    };
  },
});
