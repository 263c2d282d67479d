import { rm } from 'node:fs/promises';
import { engineInfo } from './docker.ts';
import { runAsScript } from './errors.ts';
import { ensureImages } from './images.ts';
import { inState } from './paths.ts';
import { say } from './progress.ts';
import { removeStack } from './stack/remove.ts';
import { siteSettings } from './stack/settings.ts';

/** Takes down what `npm run demo` brought up. `--purge` deletes the data as well, with the secrets it was made with. */
async function down(): Promise<void> {
  const settings = siteSettings();
  const purge = process.argv.includes('--purge');
  if ((await engineInfo()) === undefined) return say('No Docker engine answers, so nothing runs.');
  const images = purge ? await ensureImages(['postgres']) : undefined;
  await removeStack(settings, images?.postgres === undefined ? {} : { purgeWith: images.postgres.image });
  if (purge) await rm(inState(settings.name), { recursive: true, force: true });
  say(
    purge
      ? 'Everything is gone.'
      : 'Data is kept: a later `npm run demo` brings these instances back; `npm run down -- --purge` deletes it.',
  );
}

await runAsScript(down);
