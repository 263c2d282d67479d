import { createProjectGraphAsync } from '@nx/devkit';
import nx from '@nx/eslint-plugin';
import prettier from 'eslint-config-prettier';
import tseslint from 'typescript-eslint';

// Nx's boundary rule reads a cached project graph and says nothing when there is none: make it, so that it never sleeps.
process.env.NX_DAEMON ??= 'false';
await createProjectGraphAsync();

const CODE = ['apps/**/*.ts', 'libs/**/*.ts'];
const TESTS = [
  '**/*.spec.ts',
  '**/*.int-spec.ts',
  '**/*.e2e-spec.ts',
  'test/**/*.ts',
  'libs/testing/**/*.ts',
];

// ---------------------------------------------------------------------------------------------- import directions

/** Who may use whom; the picture is in docs/architecture.md. */
const LAYERS = {
  app: ['feature', 'data-access', 'adapter', 'platform', 'domain', 'contract', 'util'],
  feature: ['feature', 'data-access', 'adapter', 'platform', 'domain', 'contract', 'util'],
  'data-access': ['data-access', 'platform', 'domain', 'contract', 'util'],
  platform: ['platform', 'contract', 'util'],
  adapter: ['contract', 'util'],
  domain: ['domain', 'contract', 'util'],
  contract: ['contract', 'util'],
  util: ['util'],
  testing: ['testing', 'feature', 'data-access', 'adapter', 'platform', 'domain', 'contract', 'util'],
  e2e: ['testing', 'feature', 'data-access', 'adapter', 'platform', 'domain', 'contract', 'util'],
};

/** What has no I/O has no framework either. class-validator in contracts is the schema of a message, not I/O. */
const NOT_IN_PURE_CODE = [
  '@nestjs/*',
  'nestjs-*',
  'typeorm',
  'pg',
  'amqplib',
  'dockerode',
  'fastify',
  'pino',
];
const PURE = new Set(['domain', 'contract', 'util']);

const boundaries = ({ alsoAllowed = [], allow = [] } = {}) => [
  'error',
  {
    enforceBuildableLibDependency: false,
    allow,
    depConstraints: [
      ...Object.entries(LAYERS).map(([layer, uses]) => ({
        sourceTag: `type:${layer}`,
        onlyDependOnLibsWithTags: [...uses, ...alsoAllowed].map((used) => `type:${used}`),
        ...(PURE.has(layer) ? { bannedExternalImports: NOT_IN_PURE_CODE } : {}),
      })),
      // The entrances face the internet: no Docker socket, no tenant database, no tenant file within their reach.
      { sourceTag: 'scope:gateway', notDependOnLibsWithTags: ['type:adapter', 'type:feature'] },
      { sourceTag: 'scope:edge', notDependOnLibsWithTags: ['type:adapter', 'type:feature'] },
    ],
  },
];

/**
 * Every outside SDK has one home, so that its quirks are known in one place.
 * TypeORM's types may travel (`EntityManager` is the transaction handed on) and so may the token `DataSource`, which an app's
 * module hands to repositories; nothing else of it may.
 */
const HOMES = [
  { sdk: 'dockerode', homes: ['libs/swarm'] },
  { sdk: 'amqplib', homes: ['libs/messaging'] },
  {
    sdk: 'typeorm',
    homes: ['libs/persistence', 'libs/*/data-access'],
    typesTravel: true,
    tokens: ['DataSource'],
  },
  { sdk: 'pg', homes: ['libs/persistence', 'libs/*/data-access', 'libs/messaging', 'libs/databases'] },
  { sdk: '@aws-sdk/client-s3', homes: ['libs/backups/destinations'] },
  { sdk: 'nodemailer', homes: ['libs/mailer'] },
  { sdk: 'http-proxy-3', homes: ['apps/edge'] },
  { sdk: 'pino', homes: ['libs/observability', 'libs/bootstrap'], typesTravel: true },
];

const homeRule = (folder) => [
  'error',
  {
    patterns: HOMES.filter(({ homes }) => !homes.includes(folder)).map(
      ({ sdk, homes, typesTravel, tokens }) => ({
        group: [sdk, `${sdk}/**`],
        allowTypeImports: typesTravel === true,
        ...(tokens === undefined ? {} : { allowImportNames: tokens }),
        message: `${sdk} is spoken to in ${homes.join(', ')} only; use what that exports.`,
      }),
    ),
  },
];

const homes = [...new Set(HOMES.flatMap((entry) => entry.homes))].map((folder) => ({
  files: [`${folder}/**/*.ts`],
  rules: { '@typescript-eslint/no-restricted-imports': homeRule(folder) },
}));

// ---------------------------------------------------------------------------------------------------- house rules

const NAMES = [
  { selector: 'ExportDefaultDeclaration', message: 'Export by name: a name is how a thing is found.' },
  { selector: 'TSEnumDeclaration', message: 'Use a constant object and a union of its values.' },
  {
    selector: 'TSAsExpression > TSAsExpression[typeAnnotation.type="TSUnknownKeyword"]',
    message: '`as unknown as` hides a wrong type: parse the value, or give it its real type.',
  },
];

/** What a class or a provider is made from may be more than what a function is told. */
const MADE_FROM =
  ':matches(MethodDefinition[kind="constructor"], Property[key.name="useFactory"]) > :function';

const PARAMETERS = [
  {
    selector: `${MADE_FROM}[params.length>6]`,
    message: 'More than 6 dependencies: this class does more than one thing.',
  },
  {
    selector: `:function[params.length>4]:not(${MADE_FROM})`,
    message: 'More than 4 parameters: pass an object with names.',
  },
];

const SYNTAX = [...NAMES, ...PARAMETERS];

const ENVIRONMENT = {
  selector: 'MemberExpression[object.name="process"][property.name="env"]',
  message: 'The environment is read by loadConfig alone: add a property to the config class of the app.',
};

const SIZES = {
  'max-lines-per-function': ['error', { max: 40, skipBlankLines: true, skipComments: true }],
  'max-lines': ['error', { max: 250, skipBlankLines: true, skipComments: true }],
  complexity: ['error', 10],
  'max-depth': ['error', 3],
};

const RULES = {
  ...SIZES,
  eqeqeq: 'error',
  'no-restricted-syntax': ['error', ...SYNTAX],
  '@typescript-eslint/no-explicit-any': 'error',
  '@typescript-eslint/no-floating-promises': 'error',
  '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
  '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
  '@typescript-eslint/no-unused-vars': [
    'error',
    { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
  ],
  // Numbers and booleans read well in texts; objects do not.
  '@typescript-eslint/restrict-template-expressions': [
    'error',
    { allowNumber: true, allowBoolean: true, allowNullish: true },
  ],
  '@typescript-eslint/no-confusing-void-expression': 'off',
  // It believes that a field cannot change during an await, and calls the check that it did superfluous.
  '@typescript-eslint/no-unnecessary-condition': 'off',
  // A plain object of the right shape is a fine DTO; a Nest option object is never an instance of its class.
  '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
  // A Nest module is a class whose content is its decorator.
  '@typescript-eslint/no-extraneous-class': ['error', { allowWithDecorator: true, allowStaticOnly: true }],
  // `process.env['X']` is what noPropertyAccessFromIndexSignature would ask for; both spellings are clear.
  '@typescript-eslint/dot-notation': 'off',
  // Taking a string apart by code points is what is meant.
  '@typescript-eslint/no-misused-spread': 'off',
  // An interface may promise what this implementation does without waiting.
  '@typescript-eslint/require-await': 'off',
};

const TEST_RULES = {
  'max-lines-per-function': 'off',
  'max-lines': 'off',
  // A row of `it.each` has as many columns as the case has facts.
  'no-restricted-syntax': ['error', ...NAMES],
  // Jest's matchers (`expect.objectContaining`) are of type any.
  '@typescript-eslint/no-unsafe-assignment': 'off',
  '@typescript-eslint/no-unsafe-argument': 'off',
  '@nx/enforce-module-boundaries': boundaries({
    alsoAllowed: ['testing'],
    // The black-box tests bring the platform up with the same scripts a user does.
    allow: ['../../infrastructure/scripts/**'],
  }),
  '@typescript-eslint/no-restricted-imports': 'off',
  '@typescript-eslint/no-extraneous-class': 'off',
  '@typescript-eslint/no-non-null-assertion': 'off',
  '@typescript-eslint/unbound-method': 'off',
};

export default tseslint.config(
  {
    ignores: [
      'dist/**',
      'node_modules/**',
      '.nx/**',
      '.saasodoo/**',
      'coverage/**',
      'tmp/**',
      '**/*.generated.*',
    ],
  },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: RULES,
  },
  {
    files: CODE,
    plugins: { '@nx': nx },
    rules: {
      'no-console': 'error',
      'no-restricted-syntax': ['error', ...SYNTAX, ENVIRONMENT],
      '@nx/enforce-module-boundaries': boundaries(),
      '@typescript-eslint/no-restricted-imports': homeRule(''),
    },
  },
  ...homes,
  {
    files: ['libs/bootstrap/src/load-config.ts', 'libs/kernel/src/crash-point.ts'],
    rules: { 'no-restricted-syntax': ['error', ...SYNTAX] },
  },
  // A migration is one long statement; splitting it hides what it does.
  { files: ['**/migrations/*.ts'], rules: { 'max-lines-per-function': 'off' } },
  { files: TESTS, plugins: { '@nx': nx }, rules: TEST_RULES },
  prettier,
);
