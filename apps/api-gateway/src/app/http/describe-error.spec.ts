import { BadRequestException, HttpException, NotFoundException } from '@nestjs/common';
import { AppError } from '@saasodoo/kernel';
import { describeError } from './describe-error';
import { InvalidRequest } from './invalid-request';

describe('describeError', () => {
  it('passes on what an AppError says to clients', () => {
    const error = AppError.terminal('name.taken', 'it is taken', {
      httpStatus: 409,
      hint: 'Choose another.',
      facts: { field: 'name' },
    });
    expect(describeError(error)).toEqual({
      status: 409,
      code: 'name.taken',
      detail: 'it is taken',
      hint: 'Choose another.',
      facts: { field: 'name' },
    });
  });

  it('names the fields of a refused request', () => {
    const error = InvalidRequest.field('size', 'field.range', 'must be from 1 to 9');
    expect(describeError(error)).toMatchObject({
      status: 422,
      code: 'request.invalid',
      errors: [{ field: 'size', code: 'field.range', detail: 'must be from 1 to 9' }],
    });
  });

  it.each([
    new Error('password is hunter2'),
    new TypeError('Cannot read properties of undefined'),
    'a string',
    undefined,
    AppError.terminal('secret_box.unreadable', 'the key is wrong'),
    new HttpException('details of ours', 500),
  ])('keeps to itself what is not meant for clients: %s', (error) => {
    const description = describeError(error);
    expect(description).toMatchObject({ status: 500, code: 'internal' });
    expect(JSON.stringify(description)).not.toMatch(/hunter2|undefined|key|ours/);
  });

  it('says when a busy server can be asked again', () => {
    const error = AppError.retryable('server.busy', 'busy', {
      httpStatus: 503,
      facts: { retry_after_seconds: 5 },
    });
    expect(describeError(error)).toMatchObject({ status: 503, code: 'server.busy' });
  });

  it('says that the database is away, without saying where it was looked for', () => {
    const refused = Object.assign(new Error('connect ECONNREFUSED 10.0.0.7:5432'), { code: 'ECONNREFUSED' });
    const description = describeError(refused);
    expect(description).toMatchObject({
      status: 503,
      code: 'database.unavailable',
      facts: { retry_after_seconds: 5 },
    });
    expect(JSON.stringify(description)).not.toContain('10.0.0.7');
  });

  it.each([
    [new BadRequestException('Unexpected token'), 400, 'request.malformed'],
    [new NotFoundException('Cannot GET /x'), 404, 'route.unknown'],
    [new HttpException('Too large', 413), 413, 'request.too_large'],
    [new HttpException("I'm a teapot", 418), 418, 'http.418'],
  ])('gives what the framework refuses a code: %s', (error, status, code) => {
    expect(describeError(error)).toMatchObject({ status, code });
  });
});
