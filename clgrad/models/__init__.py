"""Networks for images, and language models.

State dictionaries have the names and shapes of torchvision's and of Hugging Face's, weights fit both ways. Nothing is
downloaded: a constructor gives new weights, ``load_state_dict`` puts others in. Images are (N, channels, H, W), the
result of a classifier is (N, num_classes) scores. Tokens are (N, T) integers, the result of a language model is (N, T,
vocabulary) scores.
"""

from __future__ import annotations

from clgrad.models.alexnet import AlexNet as AlexNet
from clgrad.models.alexnet import alexnet as alexnet
from clgrad.models.efficientnet import EfficientNet as EfficientNet
from clgrad.models.efficientnet import efficientnet_b0 as efficientnet_b0
from clgrad.models.generation import generate as generate
from clgrad.models.generation import stream as stream
from clgrad.models.gpt import GPT2 as GPT2
from clgrad.models.lenet import LeNet as LeNet
from clgrad.models.lenet import lenet as lenet
from clgrad.models.llama import Llama as Llama
from clgrad.models.mobilenet import MobileNetV2 as MobileNetV2
from clgrad.models.mobilenet import mobilenet_v2 as mobilenet_v2
from clgrad.models.resnet import ResNet as ResNet
from clgrad.models.resnet import resnet18 as resnet18
from clgrad.models.resnet import resnet34 as resnet34
from clgrad.models.resnet import resnet50 as resnet50
from clgrad.models.unet import UNet as UNet
from clgrad.models.unet import unet as unet
from clgrad.models.vgg import VGG as VGG
from clgrad.models.vgg import vgg11 as vgg11
from clgrad.models.vgg import vgg11_bn as vgg11_bn
from clgrad.models.vgg import vgg13 as vgg13
from clgrad.models.vgg import vgg13_bn as vgg13_bn
from clgrad.models.vgg import vgg16 as vgg16
from clgrad.models.vgg import vgg16_bn as vgg16_bn
from clgrad.models.vgg import vgg19 as vgg19
from clgrad.models.vgg import vgg19_bn as vgg19_bn
