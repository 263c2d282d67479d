import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

const REPOSITORY = join(__dirname, '../..');
const NX = '@nx/enforce-module-boundaries';
const HOMES = '@typescript-eslint/no-restricted-imports';

interface Finding {
  readonly rule: string | null;
  readonly message: string;
}

interface Import {
  readonly why: string;
  readonly path: string;
  readonly code: string;
  /** The rule that refuses it; none when the import is as it should be. */
  readonly rule?: string;
}

const use = (what: string): string => `import { something } from '${what}';\nsomething();\n`;
const useType = (what: string): string =>
  `import type { Something } from '${what}';\nexport type Other = Something;\n`;

const IMPORTS: readonly Import[] = [
  {
    why: 'an app does not import an app',
    path: 'apps/api-gateway/src/app/probe.ts',
    code: use('../../../provisioner/src/app/app.module'),
    rule: NX,
  },
  {
    why: 'the gateway has no Docker socket',
    path: 'apps/api-gateway/src/app/probe.ts',
    code: use('@saasodoo/swarm'),
    rule: NX,
  },
  {
    why: 'the gateway reaches no tenant database',
    path: 'apps/api-gateway/src/app/probe.ts',
    code: use('@saasodoo/databases'),
    rule: NX,
  },
  {
    why: 'the edge imports no adapter',
    path: 'apps/edge/src/app/probe.ts',
    code: use('@saasodoo/odoo'),
    rule: NX,
  },
  { why: 'the provisioner may', path: 'apps/provisioner/src/app/probe.ts', code: use('@saasodoo/swarm') },
  {
    why: 'a domain has no database',
    path: 'libs/instances/domain/src/probe.ts',
    code: use('typeorm'),
    rule: NX,
  },
  {
    why: 'not even its types',
    path: 'libs/instances/domain/src/probe.ts',
    code: useType('typeorm'),
    rule: NX,
  },
  {
    why: 'a domain has no framework',
    path: 'libs/operations/domain/src/probe.ts',
    code: use('@nestjs/common'),
    rule: NX,
  },
  {
    why: 'a domain does not look at its storage',
    path: 'libs/instances/domain/src/probe.ts',
    code: use('@saasodoo/instances/data-access'),
    rule: NX,
  },
  {
    why: 'an adapter knows no platform',
    path: 'libs/swarm/src/probe.ts',
    code: use('@saasodoo/messaging'),
    rule: NX,
  },
  {
    why: 'a platform library knows no domain',
    path: 'libs/messaging/src/probe.ts',
    code: use('@saasodoo/instances/domain'),
    rule: NX,
  },
  {
    why: 'the kernel knows nobody',
    path: 'libs/kernel/src/probe.ts',
    code: use('@saasodoo/contracts'),
    rule: NX,
  },
  {
    why: 'test helpers stay in tests',
    path: 'apps/provisioner/src/app/probe.ts',
    code: use('@saasodoo/testing'),
    rule: NX,
  },
  {
    why: 'where they may be used',
    path: 'apps/provisioner/src/app/probe.int-spec.ts',
    code: use('@saasodoo/testing'),
  },
  {
    why: 'a library is entered through its index',
    path: 'apps/edge/src/app/probe.ts',
    code: use('../../../../libs/kernel/src/ids'),
    rule: NX,
  },
  {
    why: 'dockerode lives in libs/swarm',
    path: 'apps/provisioner/src/app/probe.ts',
    code: use('dockerode'),
    rule: HOMES,
  },
  { why: 'also not in another adapter', path: 'libs/odoo/src/probe.ts', code: use('dockerode'), rule: HOMES },
  { why: 'but there', path: 'libs/swarm/src/probe.ts', code: use('dockerode') },
  {
    why: 'amqplib lives in libs/messaging',
    path: 'apps/provisioner/src/app/probe.ts',
    code: use('amqplib'),
    rule: HOMES,
  },
  {
    why: 'TypeORM is hidden from apps',
    path: 'apps/api-gateway/src/app/probe.ts',
    code: use('typeorm'),
    rule: HOMES,
  },
  {
    why: 'save the transaction handed on',
    path: 'apps/api-gateway/src/app/probe.ts',
    code: useType('typeorm'),
  },
  {
    why: 'and the token under which a module injects the connection',
    path: 'apps/edge/src/app/probe.ts',
    code: use('typeorm').replaceAll('something', 'DataSource'),
  },
  { why: 'pg is hidden from apps', path: 'apps/edge/src/app/probe.ts', code: use('pg'), rule: HOMES },
  { why: 'and used where tenant databases are made', path: 'libs/databases/src/probe.ts', code: use('pg') },
  {
    why: 'the environment is read in one place',
    path: 'apps/edge/src/app/probe.ts',
    code: `export const port = process.env['HTTP_PORT'];\n`,
    rule: 'no-restricted-syntax',
  },
];

describe('import directions', () => {
  let findings: Finding[][];

  beforeAll(() => {
    const output = execFileSync(process.execPath, [join(__dirname, 'lint-texts.mjs')], {
      cwd: REPOSITORY,
      input: JSON.stringify(IMPORTS),
      encoding: 'utf8',
    });
    findings = JSON.parse(output) as Finding[][];
  }, 120_000);

  it.each(IMPORTS.map((probe, index) => ({ ...probe, index })))('$why ($path)', ({ rule, index }) => {
    const rules = (findings[index] ?? []).map((finding) => finding.rule);
    expect(rules).toEqual(rule === undefined ? [] : expect.arrayContaining([rule]));
  });
});
