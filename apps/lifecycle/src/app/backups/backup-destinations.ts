import { Injectable } from '@nestjs/common';
import { BackupRepository } from '@saasodoo/backups/data-access';
import {
  type BackupDestination,
  DirectoryDestination,
  ObjectStoreDestination,
  parsePlace,
  placeName,
} from '@saasodoo/backups/destinations';
import { AppError } from '@saasodoo/kernel';
import { BackupDestinationConfig } from './backup-destination.config';

const DIRECTORY = 'directory';

/** Tells for each backup where its parts are. */
export interface PlacesOfBackups {
  /** Where the parts of a backup are written; settled by the first one. */
  toWrite(backupId: string): Promise<BackupDestination>;
  /** Where they lie. */
  holding(backupId: string): Promise<BackupDestination>;
}

/** New backups go where the configuration says; every one remembers where it went, so that it is found after a change. */
@Injectable()
export class BackupDestinations implements PlacesOfBackups {
  private readonly opened = new Map<string, BackupDestination>();

  constructor(
    private readonly config: BackupDestinationConfig,
    private readonly backups: BackupRepository,
  ) {}

  /** Throws `backup.not_found`, `backup.destination_unknown`. */
  async toWrite(backupId: string): Promise<BackupDestination> {
    return this.named(await this.backups.place(backupId, this.wanted()));
  }

  /** Throws `backup.not_found`, `backup.destination_unknown`. */
  async holding(backupId: string): Promise<BackupDestination> {
    const { destination = DIRECTORY } = await this.backups.get(backupId);
    return this.named(destination);
  }

  private wanted(): string {
    const { BACKUP_DESTINATION: kind, BACKUP_S3_BUCKET: bucket, BACKUP_S3_PREFIX: prefix } = this.config;
    return kind === 's3' && bucket !== undefined ? placeName({ bucket, prefix }) : DIRECTORY;
  }

  private named(name: string): BackupDestination {
    const known = this.opened.get(name) ?? this.open(name);
    this.opened.set(name, known);
    return known;
  }

  private open(name: string): BackupDestination {
    if (name === DIRECTORY) return new DirectoryDestination(this.config.backupRoot);
    const [place, settings] = [parsePlace(name), this.config.objectStore];
    if (place === undefined || settings === undefined) throw destinationUnknown(name);
    return new ObjectStoreDestination(settings, place);
  }
}

function destinationUnknown(destination: string): AppError {
  return AppError.terminal(
    'backup.destination_unknown',
    `the backup lies in ${destination}, which this platform has no access to`,
    {
      hint: 'Keep BACKUP_S3_ENDPOINT and its keys set as long as a backup lies there, also when new ones go elsewhere.',
      facts: { destination },
      httpStatus: 503,
    },
  );
}
