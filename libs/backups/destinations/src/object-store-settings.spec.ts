import fc from 'fast-check';
import { parsePlace, placeName } from './object-store-settings';

const segment = fc.stringMatching(/^[A-Za-z0-9._-]{1,12}$/);

describe('the name of a place in an object store', () => {
  it('can be read back', () => {
    fc.assert(
      fc.property(segment, fc.array(segment, { maxLength: 4 }), (bucket, path) => {
        const place = { bucket, prefix: path.join('/') };
        expect(parsePlace(placeName(place))).toEqual(place);
      }),
    );
  });

  it.each(['directory', '', 's3://', 's3:///prefix', 'https://bucket/prefix'])('is not %j', (name) => {
    expect(parsePlace(name)).toBeUndefined();
  });
});
