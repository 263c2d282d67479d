import { droppedPaths } from './dropped-paths';

describe('droppedPaths', () => {
  it('finds nothing missing in what the engine adds to or writes more shortly', () => {
    const asked = {
      Name: 'a',
      Env: [],
      ReadOnly: false,
      Delay: 0,
      Placement: { Constraints: [] },
      Nothing: undefined,
    };
    expect(droppedPaths(asked, { Name: 'a', Isolation: 'default' })).toEqual([]);
  });

  it('names each leaf that is missing', () => {
    const asked = { Spec: { Privileges: { NoNewPrivileges: true, Other: 0 }, Init: true, Drop: ['ALL'] } };
    expect(droppedPaths(asked, { Spec: { Init: true } })).toEqual([
      'Spec.Privileges.NoNewPrivileges',
      'Spec.Drop',
    ]);
    expect(droppedPaths(asked, {})).toEqual(['Spec.Privileges.NoNewPrivileges', 'Spec.Init', 'Spec.Drop']);
  });

  it('counts the items of a list', () => {
    expect(droppedPaths({ Drop: ['A', 'B'] }, { Drop: ['A'] })).toEqual(['Drop']);
    expect(droppedPaths({ Drop: ['A'] }, { Drop: ['CAP_A'] })).toEqual([]);
  });
});
