/** What an operator asks of a deployment: `npm run saasodoo -- rebuild`. */
import { runAsScript, SetupError } from './errors.ts';
import { say } from './progress.ts';
import { rebuild } from './stack/rebuild.ts';
import { siteSettings } from './stack/settings.ts';

const USAGE = `npm run saasodoo -- COMMAND

  rebuild   After the Swarm was lost (\`docker swarm leave --force\`, a broken manager): makes Swarm, networks, secrets and
            services anew as they were deployed last from this checkout, on the volumes and directories that are still
            there, and waits until every instance that is meant to run answers. Can be repeated at any time.

  SAASODOO_STACK=NAME names the deployment; without it, it is the one of \`npm run demo\`.`;

const COMMANDS: Readonly<Record<string, (stack: string) => Promise<void>>> = { rebuild };

await runAsScript(async () => {
  const [name = '', ...rest] = process.argv.slice(2);
  if (name === '--help' || name === '-h') return say(USAGE);
  const command = COMMANDS[name];
  if (command === undefined || rest.length > 0) {
    const problem =
      name === '' ? 'No command is named.' : `There is no command '${[name, ...rest].join(' ')}'.`;
    throw new SetupError(problem, `name one of: ${Object.keys(COMMANDS).join(', ')}.\n\n${USAGE}`);
  }
  await command(siteSettings().name);
});
