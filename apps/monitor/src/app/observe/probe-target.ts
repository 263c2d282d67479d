/** A task whose Odoo is to be asked over HTTP. */
export interface ProbeTarget {
  readonly instanceId: string;
  readonly taskId: string;
  readonly baseUrl: string;
  readonly path: string;
}
