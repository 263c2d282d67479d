import type { CustomerResponse } from '../src/app/auth/customer.response';
import type { SessionResponse } from '../src/app/auth/session.response';
import { accepted, ApiClient } from './api-client';

export const ADMIN_EMAIL = 'root@example.com';
export const ADMIN_PASSWORD = 'Operator-Needle-1';

/** What makes a gateway see to its first admin. */
export const OPERATOR_ENVIRONMENT = { ADMIN_EMAIL, ADMIN_PASSWORD };

/** The first admin of a gateway that was started with `OPERATOR_ENVIRONMENT`. */
export async function loginAdmin(nobody: ApiClient): Promise<ApiClient> {
  const answer = await nobody.post('/login', { email: ADMIN_EMAIL, password: ADMIN_PASSWORD });
  return new ApiClient(nobody.url, accepted<SessionResponse>(answer, 200));
}

/** A new account with a role, logged in after it was given. */
export async function newOperator(admin: ApiClient, role: string, email?: string): Promise<ApiClient> {
  const nobody = new ApiClient(admin.url);
  const customer = await nobody.newCustomer(email);
  const { id, email: address } = idOf(customer);
  accepted(await admin.call('PATCH', `/admin/customers/${id}`, { json: { role } }), 200);
  return nobody.login(address);
}

/** The account of a client. */
export function idOf({ session }: ApiClient): CustomerResponse {
  if (session === undefined) throw new Error('nobody has no id');
  return session.customer;
}
