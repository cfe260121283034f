import tseslint from 'typescript-eslint';

export default tseslint.config(
  { ignores: ['**/dist/**', 'build/**', '**/node_modules/**', '**/__generated__/**', '.nx/**'] },
  ...tseslint.configs.recommended,
  {
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { disallowTypeAnnotations: false }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      eqeqeq: 'error',
      'no-console': 'error',
      'prefer-const': 'error',
    },
  },
  {
    // A promise that nobody waits for fails where nobody looks. This rule needs types, and is kept to what is shipped.
    files: ['packages/*/src/**/*.ts', 'plugins/*/src/**/*.ts'],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: { '@typescript-eslint/no-floating-promises': 'error' },
  },
  {
    // The command line loads what it needs when it needs it: see docs/decisions.
    files: [
      'packages/cli/src/**',
      'packages/fly-emulator/src/commands/**',
      'packages/*/bin/**',
      'packages/ssh/src/**',
      'packages/fly-emulator/src/**',
      'packages/core/src/config/schema/compose.ts',
      'packages/oci/src/image-source.ts',
    ],
    rules: { '@typescript-eslint/no-require-imports': 'off', '@typescript-eslint/consistent-type-imports': 'off' },
  },
  {
    files: ['scripts/**', 'test/**', 'bench/**', 'examples/**', '**/*.js', '**/*.cjs', '**/*.mjs', '**/test/**'],
    rules: { 'no-console': 'off', '@typescript-eslint/no-require-imports': 'off' },
  },
);
