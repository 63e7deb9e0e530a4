import type { FastifyDynamicSwaggerOptions } from '@fastify/swagger';

/** What the OpenAPI document says beside the routes' own schemas. */
export function openapiBase(): NonNullable<FastifyDynamicSwaggerOptions['openapi']> {
  return {
    openapi: '3.1.0',
    info: {
      title: 'ecadesk',
      description:
        'Who is where in the procedure, who is stuck, and what the help desk does about it. Lists come in pages: pass "next" back as "cursor", with the same filters. Errors are problem details (RFC 9457) with a stable "code".',
      version: '1',
    },
    components: {
      securitySchemes: {
        key: { type: 'http', scheme: 'bearer', description: 'A key of DESK_API_KEYS' },
        session: {
          type: 'apiKey',
          in: 'cookie',
          name: 'ecadesk-desk',
          description: "The console's own session",
        },
      },
    },
    security: [{ key: [] }, { session: [] }],
  };
}
