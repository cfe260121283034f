export { readVault, type ReadVaultOptions } from './read-vault.js';
