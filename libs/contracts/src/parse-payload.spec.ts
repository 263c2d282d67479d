import { CreateInstance } from './instance/create-instance.command';
import { CreateInstancePayload } from './instance/create-instance.payload';
import { parsePayload } from './parse-payload';

const sound = {
  operation_id: '01890a5d-ac96-774b-bcce-b302099a8057',
  instance_id: '01890a5d-ac96-774b-bcce-b302099a8058',
  generation: 1,
};

describe('parsePayload', () => {
  it('answers an instance of the payload class', () => {
    const payload = parsePayload(CreateInstance, sound, { unknownFields: 'reject' });
    expect(payload).toBeInstanceOf(CreateInstancePayload);
    expect(payload).toEqual(sound);
  });

  it('names what is wrong', () => {
    expect(() =>
      parsePayload(CreateInstance, { ...sound, generation: 0 }, { unknownFields: 'drop' }),
    ).toThrow(/not a valid instance\.create\.v1: generation must not be less than 1/);
  });

  it.each([null, 7, 'text', [sound]])('refuses %p', (plain) => {
    expect(() => parsePayload(CreateInstance, plain, { unknownFields: 'drop' })).toThrow(/must be an object/);
  });

  it('lets a sender add no field, and ignores those of a newer sender', () => {
    const newer = { ...sound, colour: 'red' };
    expect(() => parsePayload(CreateInstance, newer, { unknownFields: 'reject' })).toThrow(
      /colour should not exist/,
    );
    expect(parsePayload(CreateInstance, newer, { unknownFields: 'drop' })).toEqual(sound);
  });
});
