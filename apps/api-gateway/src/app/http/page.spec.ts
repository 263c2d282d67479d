import { InvalidRequest } from './invalid-request';
import { assertKnownParameters, parsePage } from './page';

describe('parsePage', () => {
  it('reads a page, with defaults', () => {
    expect(parsePage({})).toEqual({ page: 1, pageSize: 20 });
    expect(parsePage({ page: '3', page_size: '100' })).toEqual({ page: 3, pageSize: 100 });
  });

  it.each([
    { page: '0' },
    { page: '-1' },
    { page: '1.5' },
    { page: '1e3' },
    { page: ['1', '2'] },
    { page_size: '101' },
  ])('refuses %j', (query) => expect(() => parsePage(query)).toThrow(InvalidRequest));
});

describe('assertKnownParameters', () => {
  it('refuses a misspelt filter, which would answer everything', () => {
    expect(() => assertKnownParameters({ sttaus: 'running' }, ['status'])).toThrow('known are status');
    expect(() => assertKnownParameters({ status: 'running' }, ['status'])).not.toThrow();
  });
});
