import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { ProblemResponse } from './problem.response';

/** The description of this API, made from its controllers. */
export function openApiDocument(app: INestApplication): OpenAPIObject {
  const head = new DocumentBuilder()
    .setTitle('SaaSOdoo')
    .setDescription(
      'Ask for an Odoo, watch it being made, use it, give it back. Errors are RFC 9457 problems.',
    )
    .setVersion('1')
    .addBearerAuth()
    .build();
  return SwaggerModule.createDocument(app, head, { extraModels: [ProblemResponse] });
}
