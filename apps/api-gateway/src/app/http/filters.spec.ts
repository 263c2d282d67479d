import { choice, flag, moment, type Query, text, uuid } from './filters';
import { InvalidRequest } from './invalid-request';

const ID = '0199c2a1-0000-7000-8000-00000000000A';
const color = (query: Query) => choice(query, 'color', ['red', 'blue']);

describe('filters', () => {
  it.each<[string, (query: Query) => object, string, unknown]>([
    ['a choice', color, 'blue', { color: 'blue' }],
    ['an id, in lower case', (query) => uuid(query, 'color'), ID, { color: ID.toLowerCase() }],
    ['a text', (query) => text(query, 'color'), ' ä ', { color: ' ä ' }],
    ['a day', (query) => moment(query, 'color'), '2026-01-31', { color: new Date('2026-01-31T00:00:00Z') }],
    [
      'a moment elsewhere',
      (query) => moment(query, 'color'),
      '2026-01-31T12:00:00.5+02:00',
      { color: new Date('2026-01-31T10:00:00.5Z') },
    ],
    ['a flag', (query) => flag(query, 'color'), 'false', { color: false }],
  ])('read %s', (_case, filter, given, expected) => {
    expect(filter({ color: given })).toEqual(expected);
    expect(filter({})).toEqual({});
  });

  it.each<[string, (query: Query) => object, unknown]>([
    ['another choice', color, 'green'],
    ['a choice in another case', color, 'Red'],
    ['two choices', color, ['red', 'blue']],
    ['no id', (query) => uuid(query, 'color'), '7'],
    ['an empty text', (query) => text(query, 'color'), ''],
    ['a NUL', (query) => text(query, 'color'), 'a\0b'],
    ['a long text', (query) => text(query, 'color'), 'x'.repeat(201)],
    ['a moment without a zone', (query) => moment(query, 'color'), '2026-01-31T12:00:00'],
    ['a day that is not', (query) => moment(query, 'color'), '2026-13-31'],
    ['before anything', (query) => moment(query, 'color'), '0001-01-01'],
    ['perhaps', (query) => flag(query, 'color'), 'perhaps'],
    ['an object', (query) => flag(query, 'color'), { a: 'true' }],
  ])('refuse %s, naming the parameter', (_case, filter, given) => {
    expect(() => filter({ color: given })).toThrow(InvalidRequest);
    expect(() => filter({ color: given })).toThrow(/^color: /);
  });
});
