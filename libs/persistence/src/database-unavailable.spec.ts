import { QueryFailedError } from 'typeorm';
import { databaseUnavailable } from './database-unavailable';

const coded = (code: string, message = code): Error => Object.assign(new Error(message), { code });
const failed = (cause: Error): Error => new QueryFailedError('SELECT 1', [], cause);

describe('databaseUnavailable', () => {
  it.each([
    coded('ECONNREFUSED'),
    Object.assign(new AggregateError([coded('ECONNREFUSED')]), { code: 'ECONNREFUSED' }),
    coded('ENOTFOUND'),
    failed(coded('ECONNRESET')),
    failed(coded('57P01')),
    coded('57P03'),
    coded('08006'),
    new Error('timeout exceeded when trying to connect'),
    new Error('Connection terminated unexpectedly'),
    new Error('Connection terminated due to connection timeout'),
    failed(new Error('Query read timeout')),
    failed(new Error('Client has encountered a connection error and is not queryable')),
  ])('tells that the database is away: %s', (error) => {
    expect(databaseUnavailable(error)).toMatchObject({
      code: 'database.unavailable',
      retryable: true,
      httpStatus: 503,
      facts: { retry_after_seconds: 5 },
      cause: error,
    });
  });

  it.each([
    failed(coded('23505')),
    coded('57014'),
    new Error('timeout'),
    new TypeError('x'),
    'text',
    undefined,
  ])('leaves other errors alone: %s', (error) => {
    expect(databaseUnavailable(error)).toBeUndefined();
  });
});
