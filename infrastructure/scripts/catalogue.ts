import { readFile } from 'node:fs/promises';
import type { DebianSuite } from './debian-base.ts';
import { inRepository } from './paths.ts';

export type PlatformImageName = 'node' | 'postgres' | 'rabbitmq';
export type OdooImageName = 'odoo-14' | 'odoo-17' | 'odoo-18';
export type ImageName = PlatformImageName | OdooImageName;

export interface Fallback {
  readonly tag: string;
  /** The folder under infrastructure/images with its Dockerfile. */
  readonly folder: string;
  readonly base: DebianSuite;
  readonly with_node_binary?: boolean;
}

/** How the platform treats an Odoo image: where its data is, which health path it has, which user it runs as. */
export type OdooProfile = 'official' | 'debian-14';

export interface CatalogueEntry {
  readonly official?: string;
  readonly fallback?: Fallback;
  readonly odoo?: { readonly version: string; readonly profile: OdooProfile };
}

export interface Catalogue {
  readonly bases: Readonly<Record<DebianSuite, { readonly official: string }>>;
  readonly images: Readonly<Record<ImageName, CatalogueEntry>>;
}

export async function readCatalogue(): Promise<Catalogue> {
  return JSON.parse(
    await readFile(inRepository('infrastructure/images/catalogue.json'), 'utf8'),
  ) as Catalogue;
}
