/** What an account may do: `customer` with what is its own, `support` look at everything, `admin` change everything. */
export const roles = ['customer', 'support', 'admin'] as const;

export type Role = (typeof roles)[number];

/** Whether `role` may do what `required` may: admin includes support, and support includes nothing but looking. */
export function hasRole(role: Role, required: Role): boolean {
  return roles.indexOf(role) >= roles.indexOf(required);
}
