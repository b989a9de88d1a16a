/** Accents and points that people leave out. Indic vowel signs and the voicing marks of kana are marks too, and stay. */
const ACCENT =
  /(?=\p{M})(?![\u3099\u309a])[\p{Script=Inherited}\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}]/gu;
/** Letters that Unicode doesn't take apart, and what stands for them where a keyboard lacks them. */
const PLAIN_LETTERS: Readonly<Record<string, string>> = {
  ø: "o",
  ł: "l",
  đ: "d",
  ð: "d",
  þ: "th",
  ß: "ss",
  æ: "ae",
  œ: "oe",
  ı: "i",
};
const UNUSUAL_LETTER = /[øłđðþßæœı]/g;
const POSSESSIVE = /['’]s(?![\p{L}\p{M}\p{N}])/gu;
const DROPPED = /['’‘ʼ.]/g;
const SEPARATORS = /[^\p{L}\p{M}\p{N}]+/gu;
const PLAIN = /^[a-z0-9]+(?: [a-z0-9]+)*$/;
const NOT_ASCII = /[^\0-\x7f]/;

/** Names with fewer letters and digits than this keep their symbols, else "C++" would be "C#". */
const FEW_LETTERS = 2;

/**
 * The key under which different spellings of a name meet: Unicode's compatible forms, accents dropped, lower
 * case, possessive 's dropped, apostrophes and dots dropped, other punctuation to spaces, a leading "the" dropped.
 *
 * fold("The Zürich’s")     // => "zurich"
 * fold("St. John's Wood")  // => "st john wood"
 * fold("U.S.-based")       // => "us based"
 * fold("C++")              // => "c++"
 */
export function fold(text: string): string {
  const letters = plainLetters(text);
  if (PLAIN.test(letters)) return withoutArticle(letters);
  const bare = letters.replace(POSSESSIVE, "").replace(DROPPED, "");
  const words = bare.replace(SEPARATORS, " ").trim();
  return words.length < FEW_LETTERS ? bare.replace(/\s+/gu, " ").trim() : withoutArticle(words);
}

function plainLetters(text: string): string {
  if (!NOT_ASCII.test(text)) return text.toLowerCase();
  return text
    .normalize("NFKD")
    .replace(ACCENT, "")
    .toLowerCase()
    .replace(UNUSUAL_LETTER, (letter) => PLAIN_LETTERS[letter] ?? letter);
}

function withoutArticle(words: string): string {
  return words.length > 7 && words.startsWith("the ") ? words.slice(4) : words;
}
