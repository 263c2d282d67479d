import { IsBoolean, IsIn, IsInt, IsOptional, Max, Min } from 'class-validator';
import * as fc from 'fast-check';
import { InvalidRequest } from './invalid-request';
import { IsText } from './is-text.decorator';
import { parseFields } from './parse-fields';

class Fields {
  @IsText({ min: 1, max: 5 })
  name!: string;

  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(9)
  size: number = 3;

  @IsOptional()
  @IsIn(['red', 'blue'])
  colour?: string;

  @IsOptional()
  @IsBoolean()
  loud?: boolean;
}

function refusal(input: unknown): string[] {
  try {
    parseFields(Fields, input);
    return [];
  } catch (error) {
    if (!(error instanceof InvalidRequest)) throw error;
    return error.errors.map(({ field, code }) => `${field} ${code}`);
  }
}

describe('parseFields', () => {
  it('answers an instance with defaults for what is absent or null', () => {
    const fields = parseFields(Fields, { name: 'x', size: null });
    expect(fields).toBeInstanceOf(Fields);
    expect({ ...fields }).toMatchObject({ name: 'x', size: 3 });
  });

  it.each([
    [undefined, ['name field.required']],
    [{}, ['name field.required']],
    [{ name: null }, ['name field.required']],
    [{ name: 7 }, ['name field.type']],
    [{ name: ['x'] }, ['name field.type']],
    [{ name: '' }, ['name field.length']],
    [{ name: 'a\u0000' }, ['name field.format']],
    [{ name: 'x', size: 10 }, ['size field.range']],
    [{ name: 'x', size: 1.5 }, ['size field.type']],
    [{ name: 'x', size: '3' }, ['size field.type']],
    [{ name: 'x', colour: 'green' }, ['colour field.choice']],
    [{ name: 'x', loud: 1 }, ['loud field.type']],
    [{ name: '', size: 0 }, ['name field.length', 'size field.range']],
    [{ name: 'x', nmae: 'y' }, ['nmae field.unknown']],
    [JSON.parse('{"name":"x","__proto__":{"size":1}}'), ['__proto__ field.unknown']],
    [{ name: 'x', constructor: {} }, ['constructor field.unknown']],
    [null, ['body body.not_an_object']],
    [[], ['body body.not_an_object']],
    ['{}', ['body body.not_an_object']],
  ])('reads %j as %j', (input, refused) => expect(refusal(input)).toEqual(refused));

  it('does not repeat all of a thousand unknown names, nor all of a long one', () => {
    const input = Object.fromEntries(
      Array.from({ length: 1000 }, (_, index) => [`${'x'.repeat(1000)}${index}`, 1]),
    );
    const refused = refusal(input);
    expect(refused.length).toBeLessThanOrEqual(10);
    expect(Math.max(...refused.map(({ length }) => length))).toBeLessThan(100);
  });

  it('refuses whatever it does not accept, and throws nothing else', () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: 'binary' }), (input) => {
        expect(Array.isArray(refusal(input))).toBe(true);
      }),
    );
  });
});
