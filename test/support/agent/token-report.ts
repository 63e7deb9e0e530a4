import type { Report } from '../../../src/agent/protocol.ts';

/** What an agent reports of one reader with one token on which these certificates (DER) are. */
export function tokenReport(...ders: readonly Uint8Array[]): Report<'token.inspect'> {
  const certificates = ders.map((der, i) => ({
    id: `0${i + 1}`,
    label: 'Certificate for PIV Authentication',
    der: Buffer.from(der).toString('base64'),
  }));
  return {
    outcome: 'looked',
    detail: null,
    settled: true,
    system: { service: 'running', readers: [{ name: 'Reader 0', card: 'present', events: 1 }] },
    look: {
      library: { manufacturer: 'OpenSC Project', description: 'OpenSC smartcard framework', version: '0.26' },
      slots: [
        {
          id: '0',
          reader: 'Reader 0',
          removable: true,
          problem: null,
          token: {
            label: 'Token',
            manufacturer: 'HID',
            model: 'PIV',
            serial: '1',
            initialized: true,
            certificates,
            interrupted: null,
          },
        },
      ],
    },
    platform: 'win32',
    remoteSession: false,
  };
}
