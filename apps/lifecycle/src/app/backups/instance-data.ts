import { Injectable } from '@nestjs/common';
import type { DatabaseSwap } from '@saasodoo/databases';
import { InstanceSecretsRepository } from '@saasodoo/instances/data-access';
import {
  databaseRoleName,
  type Instance,
  stagedDatabaseName,
  stagedDirectoryName,
  storageDirectoryName,
} from '@saasodoo/instances/domain';
import { AppError } from '@saasodoo/kernel';
import type { Operation } from '@saasodoo/operations/domain';
import type { JobDatabase } from '@saasodoo/tenants';
import { DataSource } from 'typeorm';

/** Directories of an instance by name, as databases in `DatabaseSwap`. */
export type DirectorySwap = Pick<DatabaseSwap, 'live' | 'staged' | 'replaced'>;

/** How the data of an instance is called, in use and on its way in or out. */
@Injectable()
export class InstanceData {
  constructor(
    private readonly secrets: InstanceSecretsRepository,
    private readonly controlDatabase: DataSource,
  ) {}

  /** Logs in as the instance's own role: what is in a dump runs with no more rights than its Odoo has. */
  async login({ id, databaseName }: Instance, name = databaseName): Promise<JobDatabase> {
    const { databasePassword: password } = await this.secrets.open(this.controlDatabase.manager, id);
    if (password !== undefined) return { name, user: databaseRoleName(id), password };
    throw AppError.terminal('instance.passwords_missing', `instance ${id} has no database password`);
  }

  databases({ id, databaseName: live }: Instance, operationId: string): Omit<DatabaseSwap, 'stagedOid'> {
    const suffix = operationId.replaceAll('-', '');
    return {
      owner: databaseRoleName(id),
      live,
      staged: stagedDatabaseName(operationId),
      replaced: `saasodoo_replaced_${suffix}`,
    };
  }

  directories({ id, databaseName }: Instance, operationId: string): DirectorySwap {
    const live = storageDirectoryName(databaseName, id);
    const suffix = operationId.replaceAll('-', '');
    const staged = stagedDirectoryName(live, operationId);
    return { live, staged, replaced: `${live}_replaced_${suffix}` };
  }
}

/** Data may be replaced without a backup of it before, where it is too broken for one. */
export function makesBackup({ kind, input }: Pick<Operation, 'kind' | 'input'>): boolean {
  return kind === 'backup' || input['safety_backup_id'] !== undefined;
}

/** One that restores has its workspace from before, and for longer. */
export function opensWorkspace({ kind }: Pick<Operation, 'kind'>): boolean {
  return kind === 'backup' || kind === 'upgrade';
}

/** The backup that an operation makes: the one asked for, or the one that comes before data is replaced. */
export function madeBackupId(operation: Pick<Operation, 'kind' | 'input'>): string {
  return inputText(operation, operation.kind === 'backup' ? 'backup_id' : 'safety_backup_id');
}

/** Throws `operation.input_missing`. */
export function inputText({ input }: Pick<Operation, 'input'>, key: string): string {
  const value = input[key];
  if (typeof value === 'string') return value;
  throw AppError.terminal('operation.input_missing', `the operation was opened without ${key}`);
}
