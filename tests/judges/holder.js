// Reads {contexts, ours, challenge, domain}; answers what @digitalbazaar/vc finds of our credentials, and a credential
// and a presentation of a holder of its own. Loads nothing but the contexts that it was given, and did:key from its name.
import * as Multikey from '@digitalbazaar/ed25519-multikey';
import * as vc from '@digitalbazaar/vc';
import {DataIntegrityProof} from '@digitalbazaar/data-integrity';
import {cryptosuite} from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';
import {readFileSync} from 'node:fs';

const {contexts, ours, challenge, domain} = JSON.parse(readFileSync(0, 'utf8'));

const keyOf = did => ({
  '@context': 'https://w3id.org/security/multikey/v1', id: `${did}#${did.slice(8)}`, type: 'Multikey',
  controller: did, publicKeyMultibase: did.slice(8),
});
const documentLoader = async url => {
  const [did, fragment] = url.split('#');
  if (contexts[url]) return {contextUrl: null, documentUrl: url, document: contexts[url]};
  if (!did.startsWith('did:key:')) throw new Error(`Not given: ${url}`);
  const method = keyOf(did);
  const controller = {
    '@context': ['https://www.w3.org/ns/did/v1', 'https://w3id.org/security/multikey/v1'], id: did,
    verificationMethod: [method], assertionMethod: [method.id], authentication: [method.id],
  };
  return {contextUrl: null, documentUrl: url, document: fragment ? method : controller};
};

const found = {};
for (const [name, credential] of Object.entries(ours)) {
  const suite = new DataIntegrityProof({cryptosuite});
  found[name] = (await vc.verifyCredential({credential, suite, documentLoader})).verified;
}
const pair = await Multikey.generate();
const holder = `did:key:${pair.publicKeyMultibase}`;
pair.id = keyOf(holder).id;
pair.controller = holder;
const signer = pair.signer();
signer.id = pair.id;
const suite = () => new DataIntegrityProof({signer, cryptosuite});
const unsigned = structuredClone(Object.values(ours)[0]);
delete unsigned.proof;
const credential = await vc.issue({credential: {...unsigned, issuer: holder}, suite: suite(), documentLoader});
const presentation = await vc.signPresentation({
  presentation: vc.createPresentation({verifiableCredential: [credential, Object.values(ours)[0]], holder}),
  suite: suite(), challenge, domain, documentLoader,
});
console.log(JSON.stringify({found, credential, presentation}));
