import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { contracts } from '../contracts';
import { breakingChanges } from './breaking-changes';
import { contractSchemas, type ContractSchemas } from './contract-schemas';

const LOCK = resolve(__dirname, '../../contracts.lock.json');

function locked(): ContractSchemas {
  return existsSync(LOCK) ? (JSON.parse(readFileSync(LOCK, 'utf8')) as ContractSchemas) : {};
}

describe('contracts.lock.json', () => {
  it('is broken by no change: a new meaning is a new version', () => {
    expect(breakingChanges(locked(), contractSchemas(contracts))).toEqual([]);
  });

  it('is in step with the contracts (npm run contracts:lock writes it)', () => {
    const current = contractSchemas(contracts);
    if (process.env['UPDATE_LOCKS'] === '1' && breakingChanges(locked(), current).length === 0) {
      writeFileSync(LOCK, `${JSON.stringify(current, null, 2)}\n`);
    }
    expect(locked()).toEqual(JSON.parse(JSON.stringify(current)));
  });
});

describe('breakingChanges', () => {
  const before = {
    'thing.create.v1': {
      kind: 'command' as const,
      consumers: ['maker'],
      properties: { id: { type: 'string' }, size: { type: 'integer' } },
      required: ['id'],
    },
  };
  const changed = (change: object): ContractSchemas => ({
    'thing.create.v1': { ...before['thing.create.v1'], ...change },
  });

  it.each([
    ['a removed message', {}, 'is gone'],
    ['a removed field', changed({ properties: { id: { type: 'string' } } }), 'lost the field size'],
    [
      'another type',
      changed({ properties: { id: { type: 'integer' }, size: { type: 'integer' } } }),
      'changed the field id',
    ],
    ['a new demand', changed({ required: ['id', 'size'] }), 'now requires size'],
    ['a dropped promise', changed({ required: [] }), 'no longer promises id'],
  ])('names %s', (_case, after, sentence) => {
    expect(breakingChanges(before, after)).toEqual([expect.stringContaining(sentence)]);
  });

  it('accepts a new optional field and a new message', () => {
    const after = {
      ...changed({ properties: { ...before['thing.create.v1'].properties, note: { type: 'string' } } }),
      'thing.remove.v1': before['thing.create.v1'],
    };
    expect(breakingChanges(before, after)).toEqual([]);
  });
});
