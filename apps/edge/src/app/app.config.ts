import { ServiceConfig } from '@saasodoo/bootstrap';
import { IsFQDN, IsIn, IsInt, IsOptional, IsString, IsUrl, Max, Min } from 'class-validator';

const DATABASE_URL = { protocols: ['postgres', 'postgresql'], require_tld: false, allow_underscores: true };
const GATEWAY_URL = {
  protocols: ['http'],
  require_protocol: true,
  require_tld: false,
  allow_underscores: true,
};

/** The environment of the edge. HTTP_PORT is where the world comes in. */
export class EdgeConfig extends ServiceConfig {
  /** `/healthz`, `/readyz` and `/metrics`, which the world does not see. */
  @IsInt()
  @Min(0)
  @Max(65_535)
  readonly ADMIN_PORT: number = 8081;

  /** Instances are served at `{database_name}.{BASE_DOMAIN}`, the gateway at `api.` and `auth.`. */
  @IsFQDN({ require_tld: false })
  readonly BASE_DOMAIN: string = 'localhost';

  /** What the browser speaks: TLS ends before the edge. */
  @IsIn(['http', 'https'])
  readonly PUBLIC_SCHEME: 'http' | 'https' = 'http';

  @IsUrl(GATEWAY_URL)
  readonly GATEWAY_URL!: string;

  @IsUrl(DATABASE_URL)
  readonly CONTROL_DATABASE_URL!: string;

  @IsOptional()
  @IsString()
  readonly CONTROL_DATABASE_PASSWORD?: string;

  @IsInt()
  @Min(1)
  @Max(100)
  readonly DATABASE_POOL_SIZE: number = 4;

  /** Proxies in front whose X-Forwarded-For is believed: addresses and CIDRs, with commas between them. */
  @IsString()
  readonly TRUSTED_PROXIES: string = '';

  /** Requests and websockets that one client address may have at a time; what is more is refused. */
  @IsInt()
  @Min(1)
  @Max(100_000)
  readonly REQUESTS_PER_CLIENT: number = 200;

  /** Connections to the gateway at a time; what is more waits. */
  @IsInt()
  @Min(1)
  @Max(50_000)
  readonly GATEWAY_CONNECTIONS: number = 2_048;

  /** Connections to one instance at a time; what is more waits. */
  @IsInt()
  @Min(1)
  @Max(10_000)
  readonly CONNECTIONS_PER_HOST: number = 256;
}
