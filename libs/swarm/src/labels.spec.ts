import { INSTANCE_ID_LABEL, JOB_ID_LABEL, sameOwner } from './labels';

describe('sameOwner', () => {
  const ours = { [INSTANCE_ID_LABEL]: 'one' };

  it('recognises the owner whatever else is written there', () => {
    expect(sameOwner(ours, { ...ours, 'saasodoo.generation': '2' })).toBe(true);
  });

  it('tells owners, and jobs of one owner, apart', () => {
    expect(sameOwner(ours, { [INSTANCE_ID_LABEL]: 'two' })).toBe(false);
    expect(sameOwner({ ...ours, [JOB_ID_LABEL]: 'a' }, { ...ours, [JOB_ID_LABEL]: 'b' })).toBe(false);
    expect(sameOwner({ ...ours, [JOB_ID_LABEL]: 'a' }, ours)).toBe(false);
  });

  it('never adopts for nobody', () => {
    expect(sameOwner({}, {})).toBe(false);
  });
});
