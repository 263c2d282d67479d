/**
 * Writes apps/api-gateway/openapi.json from the gateway's declarations; `--check` only says whether it is still what
 * they describe. Needs no database and no broker.
 */
import { createRequire } from 'node:module';
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { format, resolveConfig } from 'prettier';
import { build } from './build.ts';
import { runAsScript, SetupError } from './errors.ts';
import { inRepository, readTextOrNull } from './paths.ts';
import { say } from './progress.ts';

interface Describer {
  readonly describeApi: () => Promise<object>;
}

const COMMITTED = inRepository('apps/api-gateway/openapi.json');
const DESCRIBER = inRepository('dist/apps/api-gateway/src/app/openapi/describe-api.js');

async function openapi(): Promise<void> {
  const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } });
  const current = await describe();
  const committed = await readTextOrNull(COMMITTED);
  if (current === committed) {
    say('apps/api-gateway/openapi.json is what the gateway declares');
    return;
  }
  if (values.check) {
    throw new SetupError(
      'apps/api-gateway/openapi.json is not what the gateway declares',
      'Write it anew with `node infrastructure/scripts/openapi.ts` and look at the difference: clients see it.',
    );
  }
  await writeFile(COMMITTED, current);
  say('apps/api-gateway/openapi.json is written');
}

/** The applications are CommonJS, compiled into dist/. */
async function describe(): Promise<string> {
  await build();
  const require = createRequire(import.meta.url);
  require('reflect-metadata');
  const { describeApi } = require(DESCRIBER) as Describer;
  const settings = await resolveConfig(COMMITTED);
  return format(JSON.stringify(await describeApi()), { ...settings, parser: 'json' });
}

await runAsScript(openapi);
