import nx from '@nx/eslint-plugin';
import prettier from 'eslint-config-prettier';
import tseslint from 'typescript-eslint';

const impureGlobals = [
  { name: 'process', message: 'The environment is read in one config file per app.' },
  { name: 'fetch', message: 'Pure code does no I/O: take what you need as an argument.' },
  { name: 'setTimeout', message: 'Pure code has no clock.' },
  { name: 'setInterval', message: 'Pure code has no clock.' },
  { name: 'crypto', message: 'Pure code has no randomness: take ids as arguments.' },
  { name: 'performance', message: 'Pure code has no clock.' },
];
const impureProperties = [
  {
    object: 'Date',
    property: 'now',
    message: 'Pure code has no clock: take the time as argument.',
  },
  { object: 'Math', property: 'random', message: 'Pure code has no randomness.' },
];
const impureImports = {
  patterns: [
    { group: ['pg', 'pg/*', 'node-pg-migrate'], message: 'SQL belongs in src/store.' },
    { group: ['@temporalio/*'], message: 'Temporal belongs in orchestrator and apps.' },
    { group: ['node:*', 'fs', 'path', 'os'], message: 'Pure code uses no Node built-in.' },
    {
      group: ['@sluice/database', '**/store/**'],
      message: 'src/domain is pure; the store uses it.',
    },
  ],
};
const noClock = {
  selector: "NewExpression[callee.name='Date'][arguments.length=0]",
  message: 'Pure code has no clock: take the time as argument.',
};
const moneyName = '/([aA]mount|[mM]inor|[bB]alance|[mM]oney|[pP]rice|[fF]ee)/';
const noFloat = [
  ...[`Identifier[name=${moneyName}]`, `MemberExpression[property.name=${moneyName}]`].map(
    (what) => ({
      selector: `CallExpression[callee.name=/^(parseFloat|parseInt|Number)$/] > ${what}`,
      message: 'Money is never a float: keep bigint minor units.',
    }),
  ),
  {
    selector: "CallExpression[callee.property.name='toNumber']",
    message: 'Money is never a float: a Decimal becomes bigint minor units by a rounding policy.',
  },
  {
    selector: "CallExpression[callee.name='parseFloat']",
    message: 'Money is never a float: parse with parseMoney or rate.',
  },
];
export default tseslint.config(
  { ignores: ['**/node_modules', '**/dist', '**/.sluice', '**/test-results', '**/files/**'] },
  ...tseslint.configs.recommendedTypeChecked,
  prettier,
  {
    languageOptions: { parserOptions: { projectService: true } },
    plugins: { '@nx': nx },
    rules: {
      '@nx/enforce-module-boundaries': [
        'error',
        {
          enforceBuildableLibDependency: false,
          allow: [],
          depConstraints: [
            { sourceTag: 'scope:money', onlyDependOnLibsWithTags: [] },
            { sourceTag: 'scope:database', onlyDependOnLibsWithTags: ['scope:money'] },
            { sourceTag: 'type:pure', onlyDependOnLibsWithTags: ['scope:money'] },
            {
              sourceTag: 'type:store',
              onlyDependOnLibsWithTags: ['scope:money', 'scope:database'],
            },
            {
              sourceTag: 'type:orchestrator',
              onlyDependOnLibsWithTags: ['type:pure', 'type:store'],
            },
            {
              sourceTag: 'type:app',
              onlyDependOnLibsWithTags: [
                'type:pure',
                'type:store',
                'type:orchestrator',
                'type:tool',
              ],
            },
            { sourceTag: 'type:tool', onlyDependOnLibsWithTags: ['*'] },
          ],
        },
      ],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      'max-lines-per-function': ['error', { max: 70, skipBlankLines: true, skipComments: true }],
      'max-lines': ['error', { max: 400 }],
      'no-console': 'error',
      'no-restricted-exports': ['error', { restrictDefaultExports: { direct: true } }],
      'no-restricted-syntax': ['error', ...noFloat],
      eqeqeq: 'error',
    },
  },
  {
    files: ['packages/*/src/domain/**/*.ts', 'packages/{money,rule-engine}/src/**/*.ts'],
    ignores: ['**/*.test.ts'],
    rules: {
      'no-restricted-globals': ['error', ...impureGlobals],
      'no-restricted-properties': ['error', ...impureProperties],
      'no-restricted-imports': ['error', impureImports],
      'no-restricted-syntax': ['error', ...noFloat, noClock],
    },
  },
  {
    files: ['packages/orchestrator/src/workflows/**/*.ts'],
    ignores: ['**/*.test.ts'],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          patterns: [
            { group: ['node:*', 'pg', 'zod', 'pino'], message: 'Workflows are deterministic.' },
            {
              group: ['@temporalio/*', '!@temporalio/workflow', '!@temporalio/common'],
              message: 'Workflows use @temporalio/workflow only.',
            },
            {
              group: ['**/activities/**', '@sluice/*'],
              allowTypeImports: true,
              message: 'Workflows take activity types only.',
            },
          ],
        },
      ],
    },
  },
  {
    files: ['**/*.test.ts', '**/testing/**/*.ts'],
    rules: {
      'max-lines-per-function': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
    },
  },
  {
    files: ['**/vitest.config.ts', '**/vitest.shared.ts', '**/*.mjs', '**/*.config.*'],
    rules: {
      '@nx/enforce-module-boundaries': 'off',
      '@typescript-eslint/explicit-module-boundary-types': 'off',
      'no-restricted-exports': 'off',
      'no-console': 'off',
    },
  },
  { files: ['**/*.{js,mjs,cjs}'], ...tseslint.configs.disableTypeChecked },
);
