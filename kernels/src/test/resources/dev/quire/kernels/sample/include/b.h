#include "a.h"
#define TINY 1
