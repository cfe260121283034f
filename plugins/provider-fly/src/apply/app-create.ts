import { hasCode } from '../api/errors.js';
import type { WireApp } from '../api/types.js';
import { appNameTaken } from '../observe.js';
import { createOnce } from './create-once.js';
import { applied, skipped, type Apply, type ApplyRoom } from './room.js';

/**
 * Creates the app. Names are unique over all of Fly: "taken" may mean that an earlier run of ours was faster than its answer,
 * that another deploy of this environment runs right now, or that somebody else has the name.
 */
export const applyAppCreate: Apply<'app.create'> = async (room, { name, organization }) => {
  const { api } = room;
  const { value, found } = await createOnce<WireApp>(room, {
    what: `create app ${name}`,
    async create() {
      await api.apps.create({ app: name, organization });
      return { name, organization: { slug: organization } };
    },
    find: () => findOwnApp(room, name),
    conflicts: ['FLY_APP_NAME_TAKEN'],
    unique: true,
  });
  const result = { name, organization: value.organization?.slug ?? organization };
  return found ? skipped('app.create', 'it exists already', result) : applied('app.create', result);
};

/** The app if this token can use it. Throws `FLY_APP_NAME_TAKEN` when it is somebody else's. */
async function findOwnApp({ api }: ApplyRoom, name: string): Promise<WireApp | null> {
  try {
    return await api.apps.get(name);
  } catch (error) {
    if (hasCode(error, 'FLY_FORBIDDEN')) throw appNameTaken(name, error);
    throw error;
  }
}
