import { createDataSource } from './create-data-source';

describe('createDataSource', () => {
  it('waits for an answer a little longer than the server may take, and not for ever', () => {
    const url = 'postgres://app@localhost/db';
    const { options } = createDataSource({ url, poolSize: 1, applicationName: 'test' });
    expect(options.extra).toMatchObject({ statement_timeout: 30_000, query_timeout: 32_000 });
  });
});
