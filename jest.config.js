const { paths } = require('./tsconfig.base.json').compilerOptions;

const moduleNameMapper = Object.fromEntries(
  Object.entries(paths).map(([alias, [target]]) => [`^${alias}$`, `<rootDir>/${target}`]),
);

const swcOptions = { ...JSON.parse(require('node:fs').readFileSync('./.swcrc', 'utf8')), swcrc: false };
delete swcOptions.$schema;

/** One tier of tests: what it needs decides its suffix, so a file name says what must be running. */
const tier = (displayName, suffix, extra = {}) => ({
  displayName,
  rootDir: __dirname,
  testEnvironment: 'node',
  roots: ['<rootDir>/apps', '<rootDir>/libs', '<rootDir>/test'],
  testMatch: [`**/*.${suffix}.ts`],
  transform: { '^.+\\.(t|j)s$': ['@swc/jest', swcOptions] },
  // packages that are ES modules only, which Jest cannot require as they are
  transformIgnorePatterns: ['/node_modules/(?!content-disposition/)'],
  moduleNameMapper,
  setupFiles: ['reflect-metadata'],
  setupFilesAfterEnv: suffix === 'spec' ? [] : ['<rootDir>/test/support/patience.cjs'],
  ...extra,
});

/** A tier on the deployed platform: every suite begins with a site where no instance takes room. */
const siteTier = (displayName, suffix) =>
  tier(displayName, suffix, {
    setupFilesAfterEnv: ['<rootDir>/test/support/patience.cjs', '<rootDir>/test/support/empty-site.ts'],
  });

module.exports = {
  projects: [
    // pure decisions: no process, no network
    tier('unit', 'spec'),
    // one library against the real part it wraps: PostgreSQL, RabbitMQ, Swarm, Odoo
    tier('integration', 'int-spec'),
    // the whole platform, black box, through REST
    siteTier('e2e', 'e2e-spec'),
    // the whole platform while its parts are killed
    siteTier('chaos', 'chaos-spec'),
    // the same while its engine is taken away, which it needs for everything: last on its site, and one after the other
    siteTier('engine', 'engine-spec'),
    // the whole platform on a real CephFS, on a site of its own, which is large enough for the instances of all suites
    tier('ceph', 'ceph-spec'),
  ],
};
