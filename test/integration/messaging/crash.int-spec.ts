import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { TestProcess } from './child-process';
import { MessageWorld, numbers } from './message-world';

jest.setTimeout(240_000);

const SOURCES = resolve(__dirname, '../../../libs/messaging/src');
const COUNT = 150;

/** Every place of the library where a process may be killed, read from its source so that none is forgotten. */
function crashPoints(prefix: string): string[] {
  const files = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.ts'),
  );
  const names = files.flatMap((file) => {
    const calls = readFileSync(resolve(SOURCES, file), 'utf8').matchAll(/crashPoint\('([^']+)'\)/g);
    return [...calls].map(([, name]) => String(name));
  });
  return names.filter((name) => name.startsWith(prefix)).sort();
}

describe('a process killed at once', () => {
  let world: MessageWorld;

  beforeEach(async () => {
    world = await MessageWorld.open();
  });

  afterEach(() => world.close());

  it('can happen at every boundary', () => {
    expect(crashPoints('relay.')).toEqual([
      'relay.archived',
      'relay.confirmed',
      'relay.published',
      'relay.selected',
    ]);
    expect(crashPoints('inbox.')).toEqual(['inbox.committed', 'inbox.handled', 'inbox.received']);
  });

  it.each([...crashPoints('relay.'), 'relay.published@120'])(
    'relay at %s: nothing lost, no effect doubled',
    async (at) => {
      await world.scribe();
      await world.send(numbers(COUNT));
      const relay = new TestProcess('relay', world.database.url, world.brokerUrl, at);
      expect(await relay.ended()).toBe('SIGKILL');
      await world.relay();
      await world.noted(numbers(COUNT));
    },
  );

  it.each([...crashPoints('inbox.'), 'inbox.handled@60'])(
    'handler at %s: nothing lost, no effect doubled',
    async (at) => {
      await world.relay();
      await world.send(numbers(COUNT));
      const scribe = new TestProcess('scribe', world.database.url, world.brokerUrl, at);
      expect(await scribe.ended()).toBe('SIGKILL');
      await world.scribe();
      await world.noted(numbers(COUNT));
    },
  );

  it('hands the lead of the relay over to another process', async () => {
    await world.scribe();
    const first = new TestProcess('relay', world.database.url, world.brokerUrl);
    await world.send([1]);
    await world.noted([1]);
    const second = await world.relay();
    expect(second.leading).toBe(false);
    await first.kill();
    await world.send([2]);
    await world.noted([1, 2]);
    expect(second.leading).toBe(true);
  });
});
