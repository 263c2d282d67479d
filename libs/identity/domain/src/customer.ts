import type { Role } from './role';

/** Who owns instances. */
export interface Customer {
  readonly id: string;
  /** Lower-cased: the same address in another case is the same customer. */
  readonly email: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly role: Role;
  readonly createdAt: Date;
}
