import { Inject, Injectable } from '@nestjs/common';
import type { Customer, Role } from '@saasodoo/identity/domain';
import { AppError } from '@saasodoo/kernel';
import { runSql, type Sql, sql } from '@saasodoo/persistence';
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

export interface CustomerFilter {
  readonly role?: Role;
  /** Part of the e-mail address or of the name, in any case of letters. */
  readonly text?: string;
  /** From 1. */
  readonly page: number;
  readonly pageSize: number;
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
    const inserted = await this.insertUnlessTaken(em, customer);
    if (inserted === undefined) {
      throw AppError.terminal('email.taken', 'a customer with this e-mail address exists already', {
        httpStatus: 409,
        hint: 'Log in, or register with another address.',
      });
    }
    return inserted;
  }

  /** Does nothing when somebody has the e-mail address. */
  async insertUnlessTaken(em: EntityManager, customer: NewCustomer): Promise<Customer | undefined> {
    const { id, email, firstName, lastName, passwordHash } = customer;
    const [row] = await em.query<CustomerRow[]>(
      `INSERT INTO customer (id, email, first_name, last_name, password_hash) VALUES ($1, $2, $3, $4, $5)
       ON CONFLICT (email) DO NOTHING RETURNING *`,
      [id, email, firstName, lastName, passwordHash],
    );
    return row === undefined ? undefined : toCustomer(row);
  }

  /** @param email as `normaliseEmail` writes it. */
  async findByEmail(email: string): Promise<CustomerCredentials | undefined> {
    const [row] = await this.dataSource.query<CustomerRow[]>('SELECT * FROM customer WHERE email = $1', [
      email,
    ]);
    return row === undefined ? undefined : { customer: toCustomer(row), passwordHash: row.password_hash };
  }

  async find(id: string, em: EntityManager = this.dataSource.manager): Promise<Customer | undefined> {
    const [row] = await em.query<CustomerRow[]>('SELECT * FROM customer WHERE id = $1', [id]);
    return row === undefined ? undefined : toCustomer(row);
  }

  /** Newest first. */
  async list(filter: CustomerFilter): Promise<{ customers: Customer[]; total: number }> {
    const { manager } = this.dataSource;
    const { page, pageSize } = filter;
    const condition = conditionOf(filter);
    const [rows, [counted]] = await Promise.all([
      runSql<CustomerRow>(
        manager,
        sql`SELECT * FROM customer WHERE ${condition} ORDER BY created_at DESC, id DESC
            LIMIT ${pageSize} OFFSET ${(page - 1) * pageSize}`,
      ),
      runSql<{ total: number }>(manager, sql`SELECT count(*)::int AS total FROM customer WHERE ${condition}`),
    ]);
    return { customers: rows.map(toCustomer), total: counted?.total ?? 0 };
  }
}

function conditionOf({ role, text }: CustomerFilter): Sql {
  const ofRole = role === undefined ? sql`true` : sql`role = ${role}`;
  if (text === undefined) return ofRole;
  const wanted = text.toLowerCase();
  return sql`${ofRole} AND (position(${wanted} IN email) > 0
    OR position(${wanted} IN lower(first_name || ' ' || last_name)) > 0)`;
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
