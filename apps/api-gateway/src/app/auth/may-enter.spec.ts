import { type Role, roles } from '@saasodoo/identity/domain';
import { type Entrance, mayEnter, requiredRole } from './may-enter';

const entrance = (change: Partial<Entrance>): Entrance => ({
  method: 'GET',
  route: '/instance/instances',
  required: undefined,
  isOwnSession: false,
  ...change,
});

function admitted(change: Partial<Entrance>): Role[] {
  return roles.filter((role) => mayEnter({ customerId: 'x', role }, entrance(change)));
}

describe('who may enter a route', () => {
  it.each<[string, Partial<Entrance>, Role[]]>([
    ['that reads', {}, ['customer', 'support', 'admin']],
    ['that changes', { method: 'POST' }, ['customer', 'admin']],
    ['that ends the own session', { method: 'POST', isOwnSession: true }, ['customer', 'support', 'admin']],
    ['below /admin that says nothing', { route: '/admin/x' }, ['admin']],
    ['/admin itself', { route: '/admin' }, ['admin']],
    ['that only looks like it', { route: '/administration' }, ['customer', 'support', 'admin']],
    ['for support', { route: '/admin/x', required: 'support' }, ['support', 'admin']],
    ['for support that changes', { route: '/admin/x', required: 'support', method: 'PUT' }, ['admin']],
    ['for admins elsewhere', { required: 'admin' }, ['admin']],
  ])('%s', (_case, change, expected) => {
    expect(admitted(change)).toEqual(expected);
  });
});

describe('the role that is said to be needed', () => {
  it.each<[string, Partial<Entrance>, Role]>([
    ['to read what support may', { route: '/admin/x', required: 'support' }, 'support'],
    ['to read what admins may', { route: '/admin/x' }, 'admin'],
    ['to change anything', { method: 'DELETE' }, 'admin'],
  ])('%s', (_case, change, expected) => {
    expect(requiredRole(entrance(change))).toBe(expected);
  });
});
