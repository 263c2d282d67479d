import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyAdapter } from '@nestjs/platform-fastify';

/** Zips are handed to their routes while they come in: nobody holds one in memory. */
@Injectable()
export class ZipBodies implements OnModuleInit {
  constructor(private readonly host: HttpAdapterHost<FastifyAdapter>) {}

  onModuleInit(): void {
    const server = this.host.httpAdapter.getInstance();
    server.addContentTypeParser('application/zip', (_request, body, done) => done(null, body));
  }
}
