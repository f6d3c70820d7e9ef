"""Trains the tokenizer on the corpus: byte-level BPE whose digits stand alone, markers of a chat, and the chat template."""

import json
from itertools import islice

from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers

from corpus import BEGIN, END, ROLES, SPECIAL, documents
from settings import CONTEXT, SEED, VOCABULARY

DOCUMENTS = 20_000

CHAT_TEMPLATE = """\
{{- '%s' }}
{%%- for message in messages %%}
{%%- if message.role not in ['system', 'user', 'assistant'] %%}
{{- raise_exception('The role ' + message.role + ' is not one of system, user, assistant.') }}
{%%- endif %%}
{{- '<|' + message.role + '|>' + (message.content or '') + '%s' }}
{%%- endfor %%}
{%%- if add_generation_prompt %%}{{- '<|assistant|>' }}{%%- endif %%}
""" % (BEGIN, END)


def trained():
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)]
    )
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY, special_tokens=SPECIAL, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False
    )
    texts = (text for text, _ in islice(documents(SEED), DOCUMENTS))
    plain = (part for text in texts for part in without_markers(text))
    tokenizer.train_from_iterator(plain, trainer)
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{BEGIN} $A", pair=f"{BEGIN} $A $B", special_tokens=[(BEGIN, tokenizer.token_to_id(BEGIN))]
    )
    assert tokenizer.get_vocab_size() == VOCABULARY, "the corpus has too few words for this vocabulary"
    return tokenizer


def without_markers(text):
    for marker in SPECIAL:
        text = text.replace(marker, "\0")
    return [part for part in text.split("\0") if part]


def write(folder):
    """tokenizer.json and tokenizer_config.json in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    trained().save(str(folder / "tokenizer.json"), pretty=False)
    settings = {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "model_max_length": CONTEXT,
        "clean_up_tokenization_spaces": False,
        "bos_token": BEGIN,
        "eos_token": END,
        "pad_token": END,
        "additional_special_tokens": list(ROLES.values()),
        "chat_template": CHAT_TEMPLATE,
    }
    (folder / "tokenizer_config.json").write_text(json.dumps(settings, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
