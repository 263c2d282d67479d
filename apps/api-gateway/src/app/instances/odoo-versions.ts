import { Inject, Injectable } from '@nestjs/common';
import { AppError } from '@saasodoo/kernel';
import { GatewayConfig } from '../app.config';
import { InvalidRequest } from '../http/invalid-request';

/** The Odoo versions that can be had at this site, newest first. */
@Injectable()
export class OdooVersions {
  readonly all: readonly string[];

  /** Throws `config.odoo_images` when ODOO_IMAGES names no version. */
  constructor(@Inject(GatewayConfig) { ODOO_IMAGES }: GatewayConfig) {
    const images: unknown = JSON.parse(ODOO_IMAGES);
    const isMap = typeof images === 'object' && images !== null && !Array.isArray(images);
    this.all = isMap ? Object.keys(images).sort((one, other) => parseFloat(other) - parseFloat(one)) : [];
    if (this.all.length === 0) {
      throw AppError.terminal('config.odoo_images', 'ODOO_IMAGES names no Odoo version', {
        hint: 'Set it to JSON such as {"17.0":{"image":"odoo:17.0","profile":"official"}}.',
      });
    }
  }

  /** The version as this site writes it: `17` and `17.0` are the same. Throws `InvalidRequest`. */
  resolve(wanted: string): string {
    const version = this.all.find((one) => major(one) === major(wanted));
    if (version !== undefined) return version;
    throw InvalidRequest.field(
      'odoo_version',
      'odoo_version.unavailable',
      `Odoo ${wanted} cannot be had here; this site has ${this.all.join(', ')}`,
    );
  }
}

function major(version: string): string {
  return version.endsWith('.0') ? version.slice(0, -'.0'.length) : version;
}
