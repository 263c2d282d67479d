import { AppError } from '@saasodoo/kernel';
import { hasCode, outcomeUnknown, toEngineError } from './engine-error';

const http = (statusCode: number, message: string): Error =>
  Object.assign(new Error(`(HTTP code ${statusCode}) unexpected - ${message} `), {
    statusCode,
    json: { message },
  });

describe('toEngineError', () => {
  it.each([
    [500, 'rpc error: code = Unknown desc = update out of sequence', 'swarm.conflict', true],
    [500, 'network abc not found', 'swarm.network_missing', false],
    [500, 'constraint expected one operator from ==, !=', 'swarm.invalid', false],
    [500, 'something new', 'swarm.engine_failed', true],
    [400, "secret 'pg' is in use by the following service: odoo", 'swarm.in_use', true],
    [400, 'name must be 63 characters or fewer', 'swarm.invalid', false],
    [404, 'service abc not found', 'swarm.not_found', false],
    [409, 'name conflicts with an existing object', 'swarm.name_taken', false],
    [501, 'renaming services is not supported', 'swarm.unsupported', false],
    [503, 'This node is not a swarm manager.', 'swarm.not_manager', true],
    [503, 'overloaded', 'swarm.engine_failed', true],
  ])('makes of %i "%s" %s', (status, message, code, retryable) => {
    const error = toEngineError(http(status, message), 'do it');
    expect(error).toMatchObject({ code, retryable, message: `could not do it: ${message}` });
    expect(error.hint).toMatch(/\S/);
    expect(error.facts).toEqual({ action: 'do it', status });
  });

  it.each([
    [Object.assign(new Error('connect ENOENT'), { code: 'ENOENT' }), 'swarm.unreachable'],
    [Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' }), 'swarm.connection_lost'],
    ['not even an error', 'swarm.connection_lost'],
    [new Error('aborted', { cause: Object.assign(new Error(), { name: 'TimeoutError' }) }), 'swarm.timeout'],
  ])('makes of %s %s, worth another attempt', (thrown, code) => {
    expect(toEngineError(thrown, 'do it')).toMatchObject({ code, retryable: true });
  });

  it('knows after which errors the request may have taken effect', () => {
    const unknown = (status: number, text: string): boolean =>
      outcomeUnknown(toEngineError(http(status, text), 'x'));
    expect(unknown(500, 'something new')).toBe(true);
    expect(unknown(409, 'name conflicts')).toBe(false);
    expect(outcomeUnknown(toEngineError(Object.assign(new Error(), { code: 'ECONNRESET' }), 'x'))).toBe(true);
    expect(outcomeUnknown(toEngineError(Object.assign(new Error(), { code: 'ECONNREFUSED' }), 'x'))).toBe(
      false,
    );
    expect(outcomeUnknown(new DOMException('enough', 'AbortError'))).toBe(true);
  });

  it('leaves our own errors as they are', () => {
    const own = AppError.terminal('swarm.id_malformed', 'no');
    expect(toEngineError(own, 'x')).toBe(own);
    expect(hasCode(own, 'swarm.id_malformed')).toBe(true);
    expect(hasCode(new Error('swarm.id_malformed'), 'swarm.id_malformed')).toBe(false);
  });
});
