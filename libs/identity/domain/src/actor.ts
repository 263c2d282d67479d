import type { Role } from './role';

/** Who asks, as proved by a token. */
export interface Actor {
  /** The account's id: operators have one as customers do. */
  readonly customerId: string;
  readonly role: Role;
  /** Of the token that proved it. */
  readonly tokenId?: string;
  /** Where the request came from. */
  readonly address?: string;
}
