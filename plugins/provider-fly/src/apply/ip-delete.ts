import { applied, skipped, type Apply } from './room.js';

export const applyIpDelete: Apply<'ip.delete'> = async ({ api, names }, { ip }) => {
  const existed = await api.ips.delete(names.app, ip);
  return existed ? applied('ip.delete', { ip }) : skipped('ip.delete', 'it is gone already', { ip });
};
