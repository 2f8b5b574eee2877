"""Runs in the environment "tensorflow": small models of Keras, saved in each of its ways, into a folder."""

import os
import sys
from pathlib import Path

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import keras
import numpy as np
from keras import layers


def two_outputs() -> keras.Model:
    """A picture to scores and a mask; its BatchNormalization is trained, so that folding it wrongly shows."""
    picture = keras.Input((16, 16, 3), name="picture")
    x = layers.Conv2D(8, 3, strides=2, padding="same", use_bias=False)(picture)
    x = layers.ReLU(6.0)(layers.BatchNormalization(name="norm")(x))
    x = layers.Activation("hard_silu")(layers.DepthwiseConv2D(3, padding="same")(x))
    scores = layers.Dense(5, activation="softmax", name="scores")(layers.GlobalAveragePooling2D()(x))
    mask = layers.Conv2DTranspose(1, 2, strides=2, activation="sigmoid", name="mask")(x)
    model = keras.Model(picture, [scores, mask])
    generator = np.random.default_rng(1)
    model.get_layer("norm").set_weights([generator.uniform(0.5, 1.5, 8) for _ in range(4)])
    return model


def main(folder: Path) -> None:
    keras.utils.set_random_seed(1)
    model = two_outputs()
    model.save(folder / "two.keras")
    model.save(folder / "two.h5")
    model.export(folder / "two_saved", verbose=False)
    code = keras.Sequential([keras.Input((4,)), layers.Lambda(lambda x: x * 2)])
    code.save(folder / "code.h5")
    open_shape = keras.Input((None, None, 3), name="picture")
    keras.Model(open_shape, layers.Conv2D(2, 3, name="made")(open_shape)).save(folder / "open.keras")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
