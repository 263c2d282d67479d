import type { Actor } from './actor';
import { changeScope, isInScope, readScope } from './owner-scope';
import { hasRole, type Role, roles } from './role';

const OWN = 'own';
const OTHER = 'other';
const actor = (role: Role): Actor => ({ customerId: OWN, role });

describe('whose things an actor may look at', () => {
  it.each<[Role, boolean]>([
    ['customer', false],
    ['support', true],
    ['admin', true],
  ])("%s: somebody else's %s", (role, others) => {
    const scope = readScope(actor(role));
    expect([isInScope(scope, OWN), isInScope(scope, OTHER)]).toEqual([true, others]);
  });
});

describe('whose things an actor may change', () => {
  it.each<[Role, boolean]>([
    ['customer', false],
    ['admin', true],
  ])("%s: somebody else's %s", (role, others) => {
    const scope = changeScope(actor(role));
    expect([isInScope(scope, OWN), isInScope(scope, OTHER)]).toEqual([true, others]);
  });

  it('support: nothing, and is told so', () => {
    expect(() => changeScope(actor('support'))).toThrow(
      expect.objectContaining({ code: 'role.insufficient', httpStatus: 403 }),
    );
  });
});

describe('roles', () => {
  it('include those before them', () => {
    const table = roles.map((role) => roles.filter((required) => hasRole(role, required)));
    expect(table).toEqual([['customer'], ['customer', 'support'], ['customer', 'support', 'admin']]);
  });
});
