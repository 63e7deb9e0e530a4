/**
 * Words that sentences about a problem are made of. Nobody tells of four things in a row without one of them; who does
 * has typed a passphrase.
 */
const ordinary = new Set(
  `the and but for from not with without you your our they them this that these those there then than have has had was
  were are isn isnt aren arent can cant cannot could couldn will wont would should shall did didnt does doesn doesnt don
  dont just only still again already always never now when where which who why how what any some more most other another
  all both each every few here her him his its she one two too very into onto off out over under after before while also
  about above below because been being get gets got getting goes going gone let make made need needs want wants please
  help thanks thank hello sorry yes nope hey okay
  see seen saw says said say show shows showed shown tell told ask asks asked click clicked clicks press pressed open
  opens opened close closed closes start started starts stop stopped try tried trying use used uses type typed types
  find found finding look looks looking read reads work works worked working fail fails failed failing install installed
  installing download downloaded downloading restart restarted restarting insert inserted log logged login wait waiting
  change changed plug plugged enter entered forgot forgotten lost missing wrong invalid refused rejected denied blocked
  expired used empty black white blank broken slow frozen stuck locked
  computer laptop windows mac linux browser chrome edge firefox page pages site website web link button box field fields
  screen window message error errors problem problems issue file files folder installer software program application
  admin administrator rights permission policy update updates
  email mail mails inbox outlook junk spam subject sender
  usb token stick dongle adapter port ports hub reader card smartcard smart
  password passwords pin code codes activation account number certificate certificates identrust eca dod opensc
  security question questions answer answers phone desk team boss manager`.split(/\s+/),
);

const shortest = 4;
const longest = 10;

/** Whether a line is nothing but words that do not belong together, as in "correct horse battery staple". */
export function isPassphrase(line: string): boolean {
  if (line.length > 200) return false;
  const words = line
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  if (words.length < shortest || words.length > longest) return false;
  return words.every((word) => /^[a-z]{3,}$/.test(word) && !ordinary.has(word));
}
