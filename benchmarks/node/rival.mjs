// The npm rival: reads one JSON line per task on standard input, answers with the microseconds of each act.
// First line: {badge, contexts, did}. Then {act: "issue" | "verify", count}.
import * as vc from '@digitalbazaar/vc';
import * as Ed25519Multikey from '@digitalbazaar/ed25519-multikey';
import {DataIntegrityProof} from '@digitalbazaar/data-integrity';
import {cryptosuite} from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';
import {createInterface} from 'node:readline';

let badge, signed, documentLoader, suite;

async function prepare(task) {
  badge = task.badge;
  const controller = badge.issuer.id;
  const pair = await Ed25519Multikey.generate({controller});
  pair.id = `${controller}#${pair.publicKeyMultibase}`;
  const method = await pair.export({publicKey: true, includeContext: true});
  const did = {
    '@context': ['https://www.w3.org/ns/did/v1', 'https://w3id.org/security/multikey/v1'],
    id: controller, verificationMethod: [method], assertionMethod: [pair.id],
  };
  const known = {...task.contexts, [controller]: did, [pair.id]: method};
  documentLoader = async url => {
    if(!(url in known)) {
      throw new Error(`Nothing is fetched: ${url}`);
    }
    return {contextUrl: null, documentUrl: url, document: known[url]};
  };
  suite = () => new DataIntegrityProof({signer: pair.signer(), cryptosuite});
  signed = await acts.issue();
  const result = await acts.verify();
  if(!result.verified) {
    throw result.error;
  }
}

const acts = {
  issue: () => vc.issue({credential: structuredClone(badge), suite: suite(), documentLoader}),
  verify: () => vc.verifyCredential({
    credential: signed, suite: new DataIntegrityProof({cryptosuite}), documentLoader,
    checkStatus: async () => ({verified: true}),
  }),
};

for await (const line of createInterface({input: process.stdin})) {
  const task = JSON.parse(line);
  if(task.badge) {
    await prepare(task);
    console.log(JSON.stringify({ready: true}));
    continue;
  }
  const start = process.hrtime.bigint();
  for(let n = 0; n < task.count; n++) {
    await acts[task.act]();
  }
  console.log(JSON.stringify({micros: Number(process.hrtime.bigint() - start) / 1000 / task.count}));
}
