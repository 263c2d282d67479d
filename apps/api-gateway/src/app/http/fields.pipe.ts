import { type ArgumentMetadata, Injectable, type PipeTransform } from '@nestjs/common';
import { parseFields } from './parse-fields';

/** Every `@Body()` is read by its declared class; anything else passes. */
@Injectable()
export class FieldsPipe implements PipeTransform {
  transform(value: unknown, { type, metatype }: ArgumentMetadata): unknown {
    if (type !== 'body' || metatype === undefined) return value;
    return parseFields(metatype, value);
  }
}
