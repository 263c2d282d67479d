import { Inject, Injectable } from '@nestjs/common';
import type { Customer, Role } from '@saasodoo/identity/domain';
import { AppError } from '@saasodoo/kernel';
import { DataSource, type EntityManager } from 'typeorm';

export interface NewCustomer {
  readonly id: string;
  readonly email: string;
  readonly firstName: string;
  readonly lastName: string;
  /** PHC string; the password itself is stored nowhere. */
  readonly passwordHash: string;
}

export interface CustomerCredentials {
  readonly customer: Customer;
  readonly passwordHash: string;
}

interface CustomerRow {
  readonly id: string;
  readonly email: string;
  readonly first_name: string;
  readonly last_name: string;
  readonly role: Role;
  readonly created_at: Date;
  readonly password_hash: string;
}

@Injectable()
export class CustomerRepository {
  constructor(@Inject(DataSource) private readonly dataSource: DataSource) {}

  /** Throws `email.taken`. */
  async insert(em: EntityManager, customer: NewCustomer): Promise<Customer> {
    const { id, email, firstName, lastName, passwordHash } = customer;
    const [row] = await em.query<CustomerRow[]>(
      `INSERT INTO customer (id, email, first_name, last_name, password_hash) VALUES ($1, $2, $3, $4, $5)
       ON CONFLICT (email) DO NOTHING RETURNING *`,
      [id, email, firstName, lastName, passwordHash],
    );
    if (row === undefined) {
      throw AppError.terminal('email.taken', 'a customer with this e-mail address exists already', {
        httpStatus: 409,
        hint: 'Log in, or register with another address.',
      });
    }
    return toCustomer(row);
  }

  /** @param email as `normaliseEmail` writes it. */
  async findByEmail(email: string): Promise<CustomerCredentials | undefined> {
    const [row] = await this.dataSource.query<CustomerRow[]>('SELECT * FROM customer WHERE email = $1', [
      email,
    ]);
    return row === undefined ? undefined : { customer: toCustomer(row), passwordHash: row.password_hash };
  }

  async find(id: string): Promise<Customer | undefined> {
    const [row] = await this.dataSource.query<CustomerRow[]>('SELECT * FROM customer WHERE id = $1', [id]);
    return row === undefined ? undefined : toCustomer(row);
  }
}

function toCustomer(row: CustomerRow): Customer {
  return {
    id: row.id,
    email: row.email,
    firstName: row.first_name,
    lastName: row.last_name,
    role: row.role,
    createdAt: row.created_at,
  };
}
